"""
How the services are run: the local broker, the demo, the deployment.
"""
