package lockexpvar_test

import (
	"encoding/json"
	"expvar"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder"
	"github.com/interlock-go/interlock/lockorder/lockexpvar"
)

func TestItIsReadAmongTheVariables(t *testing.T) {
	require.Nil(t, expvar.Get("interlock"), "importing publishes nothing")
	expvar.Publish("interlock", lockexpvar.Var())
	w := httptest.NewRecorder()
	expvar.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/debug/vars", nil))
	var all struct{ Interlock lockorder.Metrics }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &all))
	require.Len(t, all.Interlock.Findings, int(lockorder.Hazard))
	require.Contains(t, w.Body.String(), `"deadlock":0`)
}
