"""
What the deployment by docker compose is made with: the lock of one image, certificates and rights, further files.
"""
