"""Database, identity vault and analysis cache; the only user of SQLAlchemy."""
