"""
The public event in the words of other standards: pure functions from an `ArticleTagged` to a JSON object.

Nothing here is on a topic; whoever wants a standard's form makes it of the event when it is read.
"""
