"""Speaks SMT-LIB on standard input and output like the program `cvc5 --lang smt`, on top of the Python package `cvc5`.

A command is carried out as soon as its last bracket has come. `(reset)` begins again with a new solver, because the parser of
the package keeps its symbols otherwise.
"""

import sys

import cvc5


class Session:
    """One solver with its symbols; `limit` is the time for one question in milliseconds."""

    def __init__(self, limit):
        self.solver = cvc5.Solver(cvc5.TermManager())
        self.solver.setOption("tlimit-per", limit)
        self.symbols = cvc5.SymbolManager(self.solver)
        self.parser = cvc5.InputParser(self.solver, self.symbols)
        self.parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, "", "standard input")

    def carry_out(self, text):
        self.parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, text, "standard input")
        while not (command := self.parser.nextCommand()).isNull():
            sys.stdout.write(str(command.invoke(self.solver, self.symbols)))
        sys.stdout.flush()


def depth_after(line, depth, quote):
    """Depth of brackets behind the line; brackets in texts, quoted symbols and comments do not count."""
    for letter in line:
        if quote:
            quote = "" if letter == quote else quote
        elif letter in '"|':
            quote = letter
        elif letter == ";":
            break
        else:
            depth += (letter == "(") - (letter == ")")
    return depth, quote


def main():
    limit = sys.argv[1]
    session, depth, quote, text = Session(limit), 0, "", ""
    for line in sys.stdin:
        text += line
        depth, quote = depth_after(line, depth, quote)
        if depth or quote:
            continue
        if text.strip() == "(reset)":
            session = Session(limit)
        elif text.strip() == "(exit)":
            return
        else:
            session.carry_out(text)
        text = ""


try:
    main()
except RuntimeError as error:
    message = str(error).strip().replace('"', "'").replace("\n", " ")
    print(f'(error "{message}")', flush=True)
    sys.exit(1)
