# ruff: noqa: E501 (a test of one line stays one line)
"""Courses about operators and numbers: polynomials, expressions, estimators, figures."""

from tests.autograder.object_courses.course import course

COURSES = {
    "polynomial": course(
        """
        class Poly:
            def __init__(self, *coefficients):
                self.coefficients = list(coefficients)

            def __call__(self, x):
                return sum(c * x**n for n, c in enumerate(self.coefficients))

            def __add__(self, other):
                if not isinstance(other, Poly):
                    other = Poly(other)
                size = max(len(self.coefficients), len(other.coefficients))
                a, b = (p.coefficients + [0] * (size - len(p.coefficients)) for p in (self, other))
                return Poly(*(x + y for x, y in zip(a, b)))

            __radd__ = __add__

            def __neg__(self):
                return Poly(*(-c for c in self.coefficients))

            def __sub__(self, other):
                return self + -other

            def __rsub__(self, other):
                return -self + other

            def __mul__(self, number):
                return Poly(*(number * c for c in self.coefficients))

            __rmul__ = __mul__

            def __eq__(self, other):
                if isinstance(other, (list, tuple)):
                    return self.coefficients == list(other)
                return isinstance(other, Poly) and self.coefficients == other.coefficients

            def __hash__(self):
                return hash(tuple(self.coefficients))

            def __lt__(self, other):
                return len(self.coefficients) < len(other.coefficients)

            def __abs__(self):
                return max(map(abs, self.coefficients))

            def __round__(self, digits=0):
                return Poly(*(round(c, digits) for c in self.coefficients))

            def __len__(self):
                return len(self.coefficients)

            def __iadd__(self, other):
                self.coefficients[0] += other
                return self

            def degree(self):
                return len(self.coefficients) - 1

            def __format__(self, spec):
                return " + ".join(f"{c:{spec}} x^{n}" for n, c in enumerate(self.coefficients))

        def line(a, b):
            return Poly(a, b)
        """,
        """
        class Poly:
            def __init__(self, *coefficients):
                self.coefficients = coefficients

            def __eq__(self, other):
                return NotImplemented

            def __add__(self, other):
                return 0

            def __call__(self, x):
                return self

            __radd__ = __neg__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __iadd__ = __add__

            def degree(self):
                return 0

        def line(a, b):
            return a
        """,
        values="p = Poly(1, 2)\nassert p(3) == 7\nassert np.allclose(p(np.array([0.0, 1.0])), [1, 3])",
        adds="assert Poly(1, 2) + Poly(1) == Poly(2, 2)\nassert Poly(1) + 1 == Poly(2) == 1 + Poly(1)",
        subtracts="assert Poly(1, 2) - Poly(1, 2) == Poly(0, 0)\nassert 3 - Poly(1, 1) == Poly(2, -1)\n"
        "assert -Poly(1) == Poly(-1)",
        multiplies="assert 2 * Poly(1, 2) == Poly(2, 4) == Poly(1, 2) * 2",
        plain="assert Poly(1, 2) == [1, 2]\nassert not Poly(1) == [1, 2]\nassert [1] == Poly(1)",
        sums="assert sum([Poly(1), Poly(2)], Poly(0)) == Poly(3)\nassert Poly(1) in [Poly(2), Poly(1)]",
        sorts="ps = sorted([Poly(1, 2, 3), Poly(1)])\nassert [len(p) for p in ps] == [1, 3]\n"
        "assert Poly(1) < Poly(1, 2) and max(Poly(1), Poly(1, 2)) == Poly(1, 2)",
        hashes="assert len({Poly(1), Poly(1), Poly(2)}) == 2\nassert {Poly(1): 5}[Poly(1)] == 5",
        rounds="assert abs(Poly(1, -3)) == 3\nassert round(Poly(1.26), 1) == Poly(1.3)",
        in_place="p = Poly(1)\nq = p\np += 4\nassert p is q and p == Poly(5)",
        formats="assert f'{Poly(1, 2):.1f}' == '1.0 x^0 + 2.0 x^1'",
        returned="p = line(3, 4)\nassert p.degree() == 1 and p.coefficients == [3, 4]",
        arrays="got = np.array([1, 2]) * Poly(1, 1)\nassert got[1] == Poly(2, 2)\n"
        "assert np.float64(2) * Poly(1) == Poly(2)",
        plain_degree="assert Poly(1, 2, 3).degree() == 2 and Poly(5).degree() < 1",
    ),
    "pictures and modules": course(
        """
        import types
        from PIL import Image

        def draw(width, height):
            return Image.new("RGB", (width, height), "red")

        tools = types.ModuleType("tools")
        tools.double = lambda x: 2 * x
        tools.LIMIT = 3
        """,
        """
        from PIL import Image

        def draw(width, height):
            return Image.new("L", (height, width + 1))

        class tools:
            LIMIT = 2
        """,
        size="picture = draw(4, 3)\nassert picture.size == (4, 3) and picture.mode == 'RGB'",
        points="assert draw(4, 3).getpixel((0, 0)) == (255, 0, 0)",
        array="array = np.asarray(draw(4, 3))\nassert array.shape == (3, 4, 3) and array.max() == 255",
        kind="from PIL import Image\npicture = draw(2, 2)\nassert isinstance(picture, Image.Image)\n"
        "assert picture.resize((4, 4)).size == (4, 4) and picture.size == (2, 2)",
        module="assert tools.double(2) == 4 and tools.LIMIT == 3",
    ),
    "expressions": course(
        """
        class Expression:
            def __init__(self, text, value):
                self.text, self.value = text, value

            def _with(self, sign, other, value):
                return Expression(f"({self.text} {sign} {getattr(other, 'text', other)})", value)

            def __add__(self, other):
                return self._with("+", other, lambda x: self(x) + value(other, x))

            def __mul__(self, other):
                return self._with("*", other, lambda x: self(x) * value(other, x))

            __rmul__ = __mul__

            def __pow__(self, n):
                return self._with("**", n, lambda x: self(x) ** n)

            def __call__(self, x):
                return self.value(x)

            def __repr__(self):
                return self.text

        def value(part, x):
            return part(x) if isinstance(part, Expression) else part

        x = Expression("x", lambda x: x)

        def square(expression):
            return expression * expression

        def compose(f, g):
            return lambda x: f(g(x))
        """,
        """
        class Expression:
            def __init__(self, text, value):
                pass

        x = 0

        def square(expression):
            return expression

        def compose(f, g):
            return g
        """,
        built="e = 2 * x + 1\nassert repr(e) == '((x * 2) + 1)' and e(3) == 7",
        squares="assert square(x + 1)(2) == 9\nassert str(square(x)) == '(x * x)'",
        powers="assert (x ** 2)(5) == 25 and np.allclose((x ** 2)(np.arange(3)), [0, 1, 4])",
        composed="assert compose(x ** 2, x + 1)(2) == 9\nassert compose(lambda v: -v, x * 3)(2) == -6",
    ),
    "estimators": course(
        """
        class LinearRegression:
            def __init__(self, fit_intercept=True):
                self.fit_intercept = fit_intercept

            def get_params(self):
                return {"fit_intercept": self.fit_intercept}

            def fit(self, X, y):
                A = np.column_stack([np.ones(len(X)), X]) if self.fit_intercept else X
                w = np.linalg.lstsq(A, y, rcond=None)[0]
                self.coef_ = w[1:] if self.fit_intercept else w
                self.intercept_ = float(w[0]) if self.fit_intercept else 0.0
                return self

            def predict(self, X):
                if not hasattr(self, "coef_"):
                    raise NotFittedError("call fit first")
                return X @ self.coef_ + self.intercept_

            def score(self, X, y):
                return 1 - ((y - self.predict(X)) ** 2).sum() / ((y - y.mean()) ** 2).sum()

        class NotFittedError(ValueError, AttributeError):
            pass

        model = LinearRegression()
        """,
        """
        class LinearRegression:
            fit_intercept = None

            def fit(self, X, y):
                self.coef_ = np.zeros(1)
                return self

            def predict(self, X):
                return np.zeros(1)

        class NotFittedError(ValueError):
            pass

        model = None
        """,
        fits="X = np.array([[0.0], [1.0], [2.0]])\ny = np.array([1.0, 3.0, 5.0])\n"
        "m = LinearRegression().fit(X, y)\nassert np.allclose(m.coef_, [2])\n"
        "assert abs(m.intercept_ - 1) < 1e-9 and m.coef_.shape == (1,)",
        predicts="X = np.arange(4.0).reshape(-1, 1)\nm = LinearRegression()\nassert m.fit(X, 2 * X[:, 0]) is m\n"
        "np.testing.assert_allclose(m.predict(np.array([[10.0]])), [20.0])",
        scores="X = np.arange(4.0).reshape(-1, 1)\nm = LinearRegression().fit(X, X[:, 0])\n"
        "assert np.isclose(m.score(X, X[:, 0]), 1)",
        unfitted="try:\n    LinearRegression().predict(np.ones((1, 1)))\nexcept NotFittedError as e:\n"
        "    assert isinstance(e, AttributeError) and isinstance(e, ValueError)\nelse:\n    assert False",
        parameters="assert LinearRegression(False).get_params() == {'fit_intercept': False}\n"
        "assert LinearRegression().fit_intercept is True",
        by_name="model.fit(np.eye(3), np.ones(3))\nassert type(model).__name__ == 'LinearRegression'\n"
        "assert model.coef_.shape == (3,)",
    ),
    "figures": course(
        """
        import matplotlib.pyplot as plt

        def draw(x, y):
            fig, ax = plt.subplots()
            ax.plot(x, y, label="line", color="red")
            ax.set_title("A line")
            ax.set_xlabel("x")
            ax.legend()
            return ax

        fig = draw([0, 1], [1, 2]).figure
        """,
        """
        import matplotlib.pyplot as plt

        def draw(x, y):
            fig, ax = plt.subplots()
            ax.plot(y, y)
            ax.set_title("a line")
            return ax

        fig = plt.figure()
        """,
        title="ax = draw([0, 1], [2, 3])\nassert ax.get_title() == 'A line' and ax.get_xlabel() == 'x'",
        data="ax = draw([0, 1], [2, 3])\nassert len(ax.lines) == 1\n"
        "assert np.allclose(ax.lines[0].get_xydata(), [[0, 2], [1, 3]])",
        style="line = draw([0, 1], [2, 3]).get_lines()[0]\nassert line.get_color() == 'red'\n"
        "assert line.get_label() == 'line'",
        legend="ax = draw([0, 1], [2, 3])\nassert ax.get_legend() is not None\n"
        "assert [t.get_text() for t in ax.get_legend().get_texts()] == ['line']",
        kind="from matplotlib.axes import Axes\nassert isinstance(draw([0], [0]), Axes)\n"
        "assert len(fig.axes) == 1 and fig.axes[0].get_title() == 'A line'",
    ),
}
