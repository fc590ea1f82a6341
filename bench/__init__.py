"""The performance claims, measured beside the alternatives: `make bench`.

    __main__     the options; runs the parts, keeps what they find
    servers      DATABASE_URL's server, or one of the bench's own with default settings
    databases    databases full of tenants, and statements run in all of them
    tenant, wide what a tenant looks like before the change, and after it
    launcher     runs one command and says its time and memory
    measure      one measurement; repeats of it
    commands     diffapply's commands: plan, drift, apply, backward, forward again
    raw          the floor: the same statements, bare
    rivals/      migra, results, Alembic, django-tenants
    shapes, width, provision, distance, startup
                 single claims
    widths, scenarios
                 plans of what is wide; by itself: `python -m bench.widths`
    load         what an application notices of apply; by itself: `python -m bench.load`
    goals        the goals, and whether they are met
    report, plot the table, the JSON file and the picture

Each part is a function from a `Setting` to the measurements it made.
"""
