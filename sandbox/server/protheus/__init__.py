"""The Protheus database: physical tables as DBAccess makes them, kept up as the world's clock moves."""
