"""The local cloud as Pulumi's AWS provider: each resource type in AWS's calls, and the gRPC service."""
