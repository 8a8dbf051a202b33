"""The whole service on one machine: `nabla up` starts its parts, keeps them going, and leaves nothing behind."""
