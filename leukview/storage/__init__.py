"""The database, the identity vault and the cache. Owner of SQLAlchemy."""
