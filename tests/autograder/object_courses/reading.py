# ruff: noqa: E501 (a test of one line stays one line)
"""A course whose tests read the student's functions and names."""

from tests.autograder.object_courses.course import course

COURSES = {
    "functions": course(
        '''
        def area(width: float, height: float = 1.0, *, unit: str = "cm") -> float:
            """Width times height.

            In square units.
            """
            result = width * height
            return result

        def counted(n):
            counted.calls += 1
            return n

        counted.calls = 0

        def numbers(n):
            yield from range(n)

        async def waits():
            return 1

        twice = lambda v: 2 * v

        def sorts(values):
            done = list(values)
            while True:
                swapped = False
                for i in range(len(done) - 1):
                    if done[i] > done[i + 1]:
                        done[i], done[i + 1] = done[i + 1], done[i]
                        swapped = True
                if not swapped:
                    return done

        number = 5
        names = ["a"]
        ''',
        """
        area = max

        def counted(n):
            return n

        counted.calls = 3

        def numbers(n):
            return list(range(n + 1))

        def waits():
            return 1

        def twice(v):
            return 3 * v

        def sorts(values):
            return sorted(values)

        Number = 6
        Names = []
        """,
        documented="assert area.__doc__.startswith('Width times height.') and area.__name__ == 'area'\n"
        "import inspect\nassert inspect.getdoc(area).endswith('In square units.')",
        signature="import inspect\ns = inspect.signature(area)\n"
        "assert str(s) == \"(width: float, height: float = 1.0, *, unit: str = 'cm') -> float\"\n"
        "assert area.__defaults__ == (1.0,) and area.__kwdefaults__ == {'unit': 'cm'}\n"
        "assert area.__annotations__['return'] is float",
        source="import inspect\ntext = inspect.getsource(sorts)\nassert text.startswith('def sorts')\n"
        "assert 'sorted(' not in text and 'while' in text and text.rstrip().endswith('return done')",
        tree="import ast, inspect\ntree = ast.parse(inspect.getsource(sorts))\n"
        "assert any(isinstance(node, ast.While) for node in ast.walk(tree))",
        code="c = sorts.__code__\nassert c.co_argcount == 1 and 'swapped' in c.co_varnames\n"
        "assert 'sorted' not in c.co_names and 'len' in c.co_names and c.co_name == 'sorts'",
        attributes="before = counted.calls\ncounted(1)\ncounted(2)\nassert counted.calls == before + 2\n"
        "counted.calls = 0\ncounted(3)\nassert counted.calls == 1 and not hasattr(counted, 'other')",
        kinds="import inspect\nassert inspect.isgeneratorfunction(numbers)\n"
        "assert inspect.iscoroutinefunction(waits) and inspect.isfunction(area)\n"
        "assert not inspect.isclass(area) and callable(area)",
        is_lambda="assert twice.__name__ == '<lambda>' and twice(4) == 8",
        help="import io, contextlib\nout = io.StringIO()\nwith contextlib.redirect_stdout(out):\n"
        "    help(area)\nassert 'Width times height.' in out.getvalue()",
        all_names="assert 'number' in globals() and globals()['number'] == 5\n"
        "assert 'nothing' not in globals() and globals().get('nothing') is None\n"
        "assert 'area' in dir() and 'names' in locals() and vars()['names'] == ['a']",
        deletes="assert number == 5\ndel number\nassert 'number' not in globals()\ntry:\n    number\n"
        "except NameError:\n    pass\nelse:\n    assert False",
        shell="ns = get_ipython().user_ns\nassert ns['number'] == 5 and 'sorts' in ns\n"
        "assert ns['twice'](2) == 4 and 'area' in sorted(ns)",
        sources="assert 'def sorts' in In[2] and 'while True' in In[2]",
        passed_on="assert list(map(twice, [1, 2])) == [2, 4] and area(2, unit='m') == 2",
    ),
}
