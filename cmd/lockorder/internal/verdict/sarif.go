package verdict

import (
	"encoding/json"
	"io"
	"net/url"
	"strings"

	"github.com/interlock-go/interlock/cmd/lockorder/internal/finding"
	"github.com/interlock-go/interlock/cmd/lockorder/internal/interleaving"
	"github.com/interlock-go/interlock/internal/baseline"
	"github.com/interlock-go/interlock/lockorder"
)

// The part of SARIF 2.1.0 that is needed, with the names of the standard. It is
// written here because a library for it would become a requirement of everybody
// who imports ours; module conformance holds it against the schema.
type (
	sarifLog struct {
		Schema  string     `json:"$schema"`
		Version string     `json:"version"`
		Runs    []sarifRun `json:"runs"`
	}
	sarifRun struct {
		Tool struct {
			Driver sarifDriver `json:"driver"`
		} `json:"tool"`
		Results []sarifResult `json:"results"`
	}
	sarifDriver struct {
		Name           string      `json:"name"`
		InformationURI string      `json:"informationUri"`
		Rules          []sarifRule `json:"rules"`
	}
	sarifRule struct {
		ID      string    `json:"id"`
		Short   sarifText `json:"shortDescription"`
		Default struct {
			Level string `json:"level"`
		} `json:"defaultConfiguration"`
	}
	sarifText struct {
		Text string `json:"text"`
	}
	sarifResult struct {
		RuleID       string             `json:"ruleId"`
		RuleIndex    int                `json:"ruleIndex"`
		Level        string             `json:"level"`
		Message      sarifText          `json:"message"`
		Locations    []sarifLocation    `json:"locations,omitempty"`
		CodeFlows    []sarifCodeFlow    `json:"codeFlows,omitempty"`
		Fingerprints map[string]string  `json:"partialFingerprints"`
		Baseline     string             `json:"baselineState,omitempty"`
		Suppressions []sarifSuppression `json:"suppressions,omitempty"`
		Properties   *sarifProperties   `json:"properties,omitempty"`
	}
	sarifProperties struct {
		Confirmed bool `json:"confirmed"`
	}
	sarifLocation struct {
		Physical sarifPhysical `json:"physicalLocation"`
		Message  *sarifText    `json:"message,omitempty"`
	}
	sarifPhysical struct {
		Artifact struct {
			URI  string `json:"uri"`
			Base string `json:"uriBaseId,omitempty"`
		} `json:"artifactLocation"`
		Region struct {
			StartLine int `json:"startLine"`
		} `json:"region"`
	}
	sarifCodeFlow struct {
		Message     sarifText         `json:"message"`
		ThreadFlows []sarifThreadFlow `json:"threadFlows"`
	}
	sarifThreadFlow struct {
		ID        string                    `json:"id"`
		Locations []sarifThreadFlowLocation `json:"locations"`
	}
	sarifThreadFlowLocation struct {
		Location sarifLocation `json:"location"`
		Order    int           `json:"executionOrder"`
	}
	sarifSuppression struct {
		Kind          string `json:"kind"`
		Status        string `json:"status"`
		Justification string `json:"justification"`
	}
)

// tierMeanings are those of the manual.
var tierMeanings = map[string]string{
	"deadlock":     "Goroutines wait for one another and will never go on",
	"potential":    "Some schedule of what was seen deadlocks",
	"needs-writer": "Deadlocks once somebody locks for writing what was only read",
	"violation":    "A declared lock order is broken",
	"guarded":      "A cycle of lock orders that a common lock makes harmless",
	"ordered":      "A cycle of lock orders taken by one goroutine only, or in different phases",
	"hazard":       "Suspicious, and no proof of anything",
}

func writeSARIF(v *Verdict, out io.Writer) error {
	var run sarifRun
	run.Tool.Driver = sarifDriver{Name: "lockorder", InformationURI: "https://github.com/interlock-go/interlock"}
	index := map[string]int{}
	for i, tier := range finding.Tiers {
		rule := sarifRule{ID: tier, Short: sarifText{tierMeanings[tier]}}
		rule.Default.Level = levelOf(tier)
		run.Tool.Driver.Rules = append(run.Tool.Driver.Rules, rule)
		index[tier] = i
	}
	run.Results = []sarifResult{} // the schema tells none from null
	for _, f := range v.found {
		tier := f.Report.Tier.String()
		result := sarifResult{
			RuleID: tier, RuleIndex: index[tier], Level: levelOf(tier), Message: sarifText{f.Report.Summary},
			Fingerprints: map[string]string{"lockorder/v1": f.Report.ID}, CodeFlows: v.codeFlows(f.Report),
		}
		if at, ok := v.Places.OfFinding(f.Report); ok {
			result.Locations = []sarifLocation{v.location(at, "")}
		}
		if v.Name != "" {
			result.Baseline = map[finding.Status]string{
				finding.New: "new", finding.Known: "unchanged", finding.Suppressed: "unchanged",
			}[f.Status]
		}
		if s := v.suppression(f.Report.ID); s != nil && f.Status == finding.Suppressed {
			result.Suppressions = []sarifSuppression{{"external", "accepted", s.Reason + " (until " + s.Until.Format(baseline.Day) + ")"}}
		}
		if f.Ring != nil {
			result.Properties = &sarifProperties{Confirmed: true}
			result.Message.Text += ". It has been made to happen."
			result.CodeFlows = append(result.CodeFlows, v.codeFlows(*f.Ring)...)
		}
		run.Results = append(run.Results, result)
	}
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	return e.Encode(sarifLog{"https://json.schemastore.org/sarif-2.1.0.json", "2.1.0", []sarifRun{run}})
}

func levelOf(tier string) string {
	switch tier {
	case "deadlock", "potential":
		return "error"
	case "needs-writer", "violation":
		return "warning"
	}
	return "note"
}

// codeFlows is the interleaving: a thread for each goroutine, the steps numbered
// over all of them.
func (v *Verdict) codeFlows(r lockorder.Report) []sarifCodeFlow {
	steps, end := interleaving.Of(r)
	var threads []sarifThreadFlow
	byName := map[string]int{}
	for i, s := range steps {
		if s.At.File == "" {
			continue
		}
		t, ok := byName[s.Who]
		if !ok {
			t = len(threads)
			byName[s.Who] = t
			threads = append(threads, sarifThreadFlow{ID: s.Who})
		}
		threads[t].Locations = append(threads[t].Locations, sarifThreadFlowLocation{v.location(s.At, s.Who+" "+s.Does), i + 1})
	}
	if len(threads) == 0 {
		return nil
	}
	return []sarifCodeFlow{{sarifText{end}, threads}}
}

func (v *Verdict) location(f lockorder.Frame, message string) sarifLocation {
	var l sarifLocation
	path, inside := v.Places.InRepository(f.File)
	if inside {
		l.Physical.Artifact.Base = "%SRCROOT%"
	}
	l.Physical.Artifact.URI = uriOf(path)
	l.Physical.Region.StartLine = max(f.Line, 1)
	if message != "" {
		l.Message = &sarifText{message}
	}
	return l
}

// uriOf escapes a path, which may have any bytes in it.
func uriOf(path string) string {
	path = strings.ToValidUTF8(strings.ReplaceAll(path, `\`, "/"), "?")
	if strings.HasPrefix(path, "//") {
		path = "/." + path // else it would begin with a host
	}
	return (&url.URL{Path: path}).String() // unlike EscapedPath, it minds a colon, as behind a drive
}
