"""The one error that bad input raises."""


class InputError(Exception):
    """What the user gave cannot be used; each fault says where, which rule, the value received and what to do.

    Every command prints the faults without a traceback and exits with code 2. Faults never hold an identifier
    or a row of personal data: they count rows and name tables, columns, files and parameters.

    >>> print(InputError("params.yaml: capacity must be at least 1, not 0", "params.yaml: no such key: horizn"))
    params.yaml: capacity must be at least 1, not 0
    params.yaml: no such key: horizn
    """

    def __init__(self, *faults: str):
        if not faults:
            raise ValueError("an InputError names at least one fault")
        self.faults = faults
        super().__init__("\n".join(faults))
