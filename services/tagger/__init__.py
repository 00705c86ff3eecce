"""
The tagger: from a cleaned article to what an editor would write on it, and which version of the article it is.
"""
