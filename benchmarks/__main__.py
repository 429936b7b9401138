"""python -m benchmarks [NAME]...: measure, print tables, and write benchmarks/results. All benchmarks without a name."""
import importlib

import click

NAMES = ("training_step", "where_time_goes", "startup", "memory", "mnist", "depth", "norms", "patches", "digit_reader",
         "attention_cost", "language", "unlabelled", "frameworks", "live_figures", "book_build", "grading",
         "grading_scale", "grading_attacks")


@click.command()
@click.argument("names", nargs=-1, type=click.Choice(NAMES))
def main(names):
    """Measure nnlib on this machine."""
    for name in names or NAMES:
        click.echo(f"\n{name}")
        try:
            click.echo(importlib.import_module(f"benchmarks.{name}").run())
        except Exception as error:
            from nnlib.data import DataError  # not before: nnlib's settings are not for the processes of others

            if not isinstance(error, DataError):
                raise
            click.echo(f"not measured: {error}")


if __name__ == "__main__":
    main()
