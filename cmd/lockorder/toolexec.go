package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// toolexecCommand is the command under which the go command runs this program
// for each tool when coverage is asked for.
const toolexecCommand = "toolexec"

// toolexecFlag makes the cover tool read the overlay. The go command gives it
// the paths of the original files (golang/go#73802), so that covered packages
// would keep sync's locks and not build. Other tools run as they are, and
// report their own version, so that the build cache is that of other builds.
func toolexecFlag(overlay, users string) (string, error) {
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	flag := fmt.Sprintf("-toolexec=%s'%s' %s '%s'", withoutSettings(), self, toolexecCommand, overlay)
	if users != "" {
		flag += " " + users
	}
	return flag, nil
}

// withoutSettings is a prefix that keeps INTERLOCK, which is meant for the tests,
// from the library in this program. What it said about a wrong setting would be
// taken for the compiler's, and the build cache would repeat it for good. There
// is no such prefix on Windows.
func withoutSettings() string {
	env, err := exec.LookPath("env")
	if err != nil {
		return ""
	}
	return fmt.Sprintf("'%s' INTERLOCK= ", env)
}

// toolexec runs a tool: args are the overlay, the user's own -toolexec if there
// is one, the tool and what it is given.
func toolexec(args []string, stdout, stderr io.Writer) int {
	if len(args) < 2 {
		return fail(stderr, fmt.Errorf("%s is for the go command", toolexecCommand))
	}
	overlay, command := args[0], args[1:]
	tool := slices.IndexFunc(command, func(arg string) bool {
		return strings.TrimSuffix(filepath.Base(arg), ".exe") == "cover"
	})
	outputs := slices.Index(command, "-outfilelist")
	if tool < 0 || outputs < tool || outputs+1 >= len(command) {
		return runTool(command, stdout, stderr)
	}
	status, err := cover(overlay, command, command[outputs+1], stdout, stderr)
	if err != nil {
		return fail(stderr, err)
	}
	return status
}

func runTool(command []string, stdout, stderr io.Writer) int {
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, stdout, stderr
	err := cmd.Run()
	if cmd.ProcessState == nil {
		return fail(stderr, err)
	}
	return cmd.ProcessState.ExitCode()
}

// cover runs the cover tool on copies, which have the names of the user's files
// because the profile takes them from there, and puts the user's paths into what
// it made of them.
func cover(overlayFile string, command []string, outfileList string, stdout, stderr io.Writer) (int, error) {
	content, err := os.ReadFile(overlayFile)
	if err != nil {
		return 0, err
	}
	var overlay struct{ Replace map[string]string }
	if err := json.Unmarshal(content, &overlay); err != nil {
		return 0, err
	}
	dir, err := os.MkdirTemp("", "lockorder-cover-")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)

	command = slices.Clone(command)
	original := map[string]string{}
	for i, arg := range command {
		swapped := overlay.Replace[arg]
		if swapped == "" {
			continue
		}
		content, err := os.ReadFile(swapped)
		if err != nil {
			return 0, err
		}
		command[i] = filepath.Join(dir, filepath.Base(arg))
		original[command[i]] = arg
		if err := os.WriteFile(command[i], content, 0o666); err != nil {
			return 0, err
		}
	}
	var said bytes.Buffer
	status := runTool(command, stdout, &said)
	_, err = stderr.Write(restore(said.Bytes(), original))
	if status != exitOK || err != nil {
		return status, err
	}
	return status, restoreOutputs(outfileList, original)
}

func restore(text []byte, original map[string]string) []byte {
	for copied, path := range original {
		text = bytes.ReplaceAll(text, []byte(copied), []byte(path))
	}
	return text
}

// restoreOutputs gives the covered files, which outfileList lists, the user's
// paths in their //line directives.
func restoreOutputs(outfileList string, original map[string]string) error {
	list, err := os.ReadFile(outfileList)
	if err != nil {
		return err
	}
	for file := range strings.FieldsSeq(string(list)) {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if err := os.WriteFile(file, restore(content, original), 0o666); err != nil {
			return err
		}
	}
	return nil
}
