package lockhttp_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/interlock-go/interlock/lockorder/lockhttp"
)

const mounted = "/debug/lockorder/"

// get asks a handler that is mounted as users mount it.
func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	t.Helper()
	mux := http.NewServeMux()
	mux.Handle(mounted, h)
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func page(t *testing.T, h http.Handler, view string) string {
	t.Helper()
	w := get(t, h, mounted+view)
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	require.Equal(t, "text/html; charset=utf-8", w.Header().Get("Content-Type"))
	return w.Body.String()
}

// decode reads the JSON of a view, of which no field may be unknown to T.
func decode[T any](t *testing.T, h http.Handler, view string) (v T) {
	t.Helper()
	w := get(t, h, mounted+view+".json")
	require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	require.Equal(t, "application/json; charset=utf-8", w.Header().Get("Content-Type"))
	d := json.NewDecoder(w.Body)
	d.DisallowUnknownFields()
	require.NoError(t, d.Decode(&v))
	return v
}

var viewNames = []string{"", "waits", "orders", "times", "bankers", "executors"}

func TestEveryViewIsAPage(t *testing.T) {
	h := lockhttp.Handler()
	for _, view := range viewNames {
		t.Run("view "+view, func(t *testing.T) {
			whole := page(t, h, view)
			require.True(t, strings.HasPrefix(whole, "<!DOCTYPE html>"))
			require.Equal(t, 1, strings.Count(whole, `aria-current="page"`))
			part := page(t, h, view+"?part")
			require.NotContains(t, part, "<html")
			require.Contains(t, part, "<section")
		})
	}
}

func TestNothingToShowIsSaid(t *testing.T) {
	h := lockhttp.Handler()
	for view, want := range map[string]string{
		"": "Nobody waits", "times": "Nobody holds a lock.", "bankers": "No bankers", "executors": "No executors",
		"orders": "Nobody has locked one lock while holding another.",
	} {
		require.Contains(t, page(t, h, view), want)
	}
	waits := decode[lockhttp.Waits](t, h, "waits")
	require.Empty(t, waits.Waits)
	require.NotNil(t, waits.Waits, "an empty list, not null")
}

func TestOtherPathsAndMethodsAreRefused(t *testing.T) {
	h := lockhttp.Handler()
	for _, path := range []string{"nothing", "waits.xml", "orders.json.json", "page.html", "assets", ".json", "%2e%2e%2fhandler.go"} {
		require.Equal(t, http.StatusNotFound, get(t, h, mounted+path).Code, path)
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, mounted, nil))
		require.Equal(t, http.StatusMethodNotAllowed, w.Code)
		require.Equal(t, "GET, HEAD", w.Header().Get("Allow"))
	}
	server := httptest.NewServer(h)
	defer server.Close()
	answer, err := http.Head(server.URL + "/orders")
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
}

func TestNothingComesFromElsewhere(t *testing.T) {
	h := lockhttp.Handler()
	for _, file := range []string{"", "orders", "live.css", "live.js"} {
		w := get(t, h, mounted+file)
		require.Equal(t, http.StatusOK, w.Code)
		require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
		require.Equal(t, "nosniff", w.Header().Get("X-Content-Type-Options"))
		text := strings.ReplaceAll(w.Body.String(), "http://www.w3.org/2000/svg", "")
		require.NotRegexp(t, `https?:|["'(]//`, text, "an address")
		require.NotContains(t, text, "<style")
		require.NotContains(t, text, "style=")
		require.NotContains(t, text, "onclick")
	}
}

// The views are found from each other wherever the handler is mounted.
func TestItIsMountedAnywhere(t *testing.T) {
	h := lockhttp.Handler()
	for _, prefix := range []string{"/", "/a/b/"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, prefix+"times.json", nil))
		require.Equal(t, http.StatusOK, w.Code)
	}
	w := httptest.NewRecorder()
	http.StripPrefix("/debug/lockorder", h).ServeHTTP(w, httptest.NewRequest(http.MethodGet, mounted, nil))
	require.Equal(t, http.StatusOK, w.Code)
	require.NotContains(t, w.Body.String(), `href="/`, "links are relative")
}
