"""Database back ends with this house's durability discipline."""
