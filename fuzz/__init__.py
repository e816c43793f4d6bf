"""Program generators and the campaign engine."""
