"""Run the command line as `python -m helpers`."""

from .cli import app

if __name__ == "__main__":
    app(prog_name="handbook")
