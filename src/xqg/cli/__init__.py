"""xqg.cli"""
