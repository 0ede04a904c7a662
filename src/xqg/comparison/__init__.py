"""xqg.comparison"""
