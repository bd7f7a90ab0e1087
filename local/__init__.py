"""The local cloud: the AWS services that the updater meets, in one process on 127.0.0.1.

It composes real parts. moto answers the AWS APIs, AWS's own Lambda runtime client runs the packaged
archive in a child process, and the layer in this package adds what moto lacks.
"""
