"""Pictures of the playground: the plane, the network, the losses, the settings, and a descent."""
