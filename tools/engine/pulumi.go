//go:build tools

// Package engine names the program that this module is for; nothing else is built here.
package engine

import _ "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
