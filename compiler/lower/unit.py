"""A translation unit from AST to IR: the dispatch over expression nodes and the walk over the unit's items.

Recursion follows the nesting of the source, which the parser has bounded.
"""

from __future__ import annotations

from typing import Final, final

from compiler.ir.function import GLOBAL, WEAK, Block, Call, Function, SymbolAddress, Value
from compiler.ir.module import Alias, Data, Module, ModuleAsm
from compiler.ir.types import I1
from compiler.lower import builtins, calls, control, expressions, globals, inline_asm, lanes, library, lvalues
from compiler.lower.context import Context, LowerOptions, Place, entity_symbol
from compiler.lower.globals import Statics
from compiler.lower.linkage import function_attributes, linkage_of
from compiler.lower.types import Shapes, Unsupported
from compiler.platform.classify import Abi
from compiler.platform.platform import Platform
from compiler.source.diagnostics import Sink
from compiler.source.files import Span
from compiler.syntax import decl, expr, stmt
from compiler.types import ctypes
from compiler.types.layout import Layout


@final
class Lowering(Context):
    """Implements what the parts of lowering call back."""

    def __init__(self, module: Module, shapes: Shapes, abi: Abi, sink: Sink, options: LowerOptions) -> None:
        super().__init__(module, shapes, abi, sink, options)
        self.statics: Final = Statics(self)
        self.waiting: Final[list[decl.Variable]] = []

    def value(self, node: expr.Expr) -> Value:
        value = self.expression(node)
        if value is None:  # void, or the value of something that does not return
            return self.builder.const(I1, 0)
        return value

    def expression(self, node: expr.Expr) -> Value | None:
        """One expression, most frequent kinds first; None for void."""
        if isinstance(node, expr.Cast):
            if node.kind == expr.TO_VOID:
                self.effect(node.operand)
                return None
            return expressions.cast(self, node)
        if isinstance(node, expr.IntegerConstant):
            return self.builder.const(self.ir(node.type), node.value)
        if isinstance(node, expr.Binary):
            return expressions.binary(self, node)
        if isinstance(node, expr.Assign):
            return expressions.assign(self, node)
        if isinstance(node, expr.Call):
            rounded = library.rounded_in_float(self, node)
            return rounded if rounded is not None else calls.call(self, node)
        if isinstance(node, expr.Comma):
            self.effect(node.left)
            return self.expression(node.right)
        if isinstance(node, expr.Reused):
            found = self.reused.get(node)
            return found if found is not None else lvalues.read(self, self.updated[node], node.start)
        if isinstance(node, expr.Unary):
            return expressions.unary(self, node)
        if isinstance(node, expr.AddressOf):
            return self.place(node.operand).address
        if isinstance(node, expr.CompoundAssign):
            return expressions.compound_assign(self, node)
        if isinstance(node, expr.Logical):
            return expressions.logical(self, node, self.ir(node.type))
        if isinstance(node, expr.Conditional):
            return expressions.conditional(self, node)
        if isinstance(node, expr.FloatConstant):
            if node.type.kind == ctypes.COMPLEX:
                return lanes.materialize(self, node)
            return self.builder.const(self.ir(node.type), node.bits)
        return self.rare_expression(node)

    def rare_expression(self, node: expr.Expr) -> Value | None:
        if isinstance(node, expr.Member):  # of an rvalue record
            return lvalues.read(self, self.place(node), node.start)
        if isinstance(node, expr.StatementExpr):
            control.collect_labels(self, node.block, [scope.block for scope in self.scopes])
            return expressions.statement_expression(self, node)
        if isinstance(node, expr.BuiltinCall):
            return builtins.builtin_call(self, node)
        if isinstance(node, expr.StringConstant):
            return expressions.string_address(self, node)
        if isinstance(node, expr.SizeofVariable):
            return expressions.sizeof_variable(self, node)
        if isinstance(node, expr.LabelAddress):
            return self.builder.label(control.label_info(self, node.label).block)
        if isinstance(node, (expr.Name, expr.Dereference, expr.CompoundLiteral)):  # an lvalue for its bytes or effects
            return self.place(node).address
        if isinstance(node, expr.VectorElement):
            return lvalues.read(self, self.place(node), node.start)
        raise AssertionError(f"expression of no known kind: {node}")

    def effect(self, node: expr.Expr) -> None:
        if isinstance(node, expr.Cast) and node.kind in (expr.TO_VOID, expr.NO_OP):
            self.effect(node.operand)
        elif isinstance(node, expr.Name) or (isinstance(node, expr.Call) and library.printed(self, node)):
            pass
        else:
            self.expression(node)

    def place(self, node: expr.Expr) -> Place:
        if isinstance(node, expr.VectorElement):
            return lanes.element_place(self, node)
        if isinstance(node, expr.Unary) and node.op in (expr.REAL, expr.IMAG):
            return lanes.part_place(self, node)
        return lvalues.place_of(self, node)

    def condition(self, node: expr.Expr) -> Value:
        return expressions.condition(self, node)

    def branch(self, node: expr.Expr, if_true: Block, if_false: Block) -> None:
        expressions.branch(self, node, if_true, if_false)

    def statement(self, node: stmt.Stmt) -> None:
        self.statement_start = node.start
        control.statement(self, node)

    def scoped_block(self, block: stmt.Block, result: expr.Expr | None) -> Value | None:
        return control.scoped_block(self, block, result)

    def inline_asm(self, node: stmt.Asm) -> None:
        inline_asm.inline_asm(self, node)

    def initialize(self, variable: decl.Variable, address: Value) -> None:
        globals.initialize_automatic(self, self.statics, variable, address)


def lower_function(cx: Lowering, source: decl.Function) -> Function:
    """The IR of one defined function."""
    type = source.type.bare
    assert isinstance(type, ctypes.FunctionType) and source.body is not None, source.name
    function = Function(entity_symbol(source), linkage_of(source))
    function.variadic = type.variadic
    function.section = source.attributes.section
    function.visibility = source.attributes.visibility
    function.used = source.attributes.used
    function.align = source.align
    function.attributes = function_attributes(source)
    cx.begin_function(function, source)
    signature = calls.enter_function(cx, source, type)
    function.signature = signature
    if signature.sret is None:
        function.result_types = [calls.part_type(cx.abi, part) for part in signature.result.parts]
    control.collect_labels(cx, source.body, [])
    calls.instrument(cx, "__cyg_profile_func_enter")
    cx.scoped_block(source.body, None)
    if not cx.builder.terminated:
        calls.instrument(cx, "__cyg_profile_func_exit")
        cx.builder.ret(control.default_results(cx))
    control.finish_indirect(cx)
    for label, info in cx.labels.items():
        if label.address_taken:
            info.block.address_taken = True
            cx.statics.labels[label] = f"{function.name}:{info.block.name}"
    _finish_blocks(function)
    return function


def _finish_blocks(function: Function) -> None:
    """Ends blocks that nothing terminated (unreachable ones) and drops those that no edge reaches."""
    for block in function.blocks:
        assert block.operations or block is not function.entry
    reached: set[int] = {function.blocks[0].number}
    todo = [function.blocks[0]]
    for block in function.blocks:
        if block.address_taken:
            reached.add(block.number)
            todo.append(block)
    while todo:
        for edge in todo.pop().edges:
            if edge.target.number not in reached:
                reached.add(edge.target.number)
                todo.append(edge.target)
    function.blocks = [block for block in function.blocks if block.number in reached]


def lower_unit(
    unit: decl.Unit, platform: Platform, abi: Abi, sink: Sink, spans: list[Span], options: LowerOptions
) -> Module:
    """Lowers a whole unit; `spans[i]` is the place of token i. What cannot be lowered is reported to the sink as
    `sorry, unimplemented`, once per function or object."""
    module = Module(unit.name, platform.model.pointer_bits)
    shapes = Shapes(platform, Layout(platform.model, platform.va_list))
    cx = Lowering(module, shapes, abi, sink, options)
    for item in unit.items:
        cx.statement_start = item.start
        try:
            if isinstance(item, decl.Function):
                if item.body is not None and item.emit:
                    module.items.append(lower_function(cx, item))
                elif item.attributes.alias:
                    module.items.append(alias_of(item))
            elif isinstance(item, decl.Variable):
                _variable(cx, item)
            elif isinstance(item, decl.TopLevelAsm):
                module.items.append(ModuleAsm(item.text))
        except Unsupported as problem:
            _refuse(cx, problem, spans)
    for variable in cx.waiting:
        if cx.statics.mentions_unknown_label(variable):
            continue  # it belongs to a function that nothing uses, so neither is emitted
        try:
            module.items.append(cx.statics.define(variable))
        except Unsupported as problem:
            _refuse(cx, problem, spans)
    _note_externals(unit, module)
    return module


def _variable(cx: Lowering, item: decl.Variable) -> None:
    if item.attributes.alias:
        cx.module.items.append(alias_of(item))
    elif item.is_defined or item.is_tentative:
        if cx.statics.mentions_unknown_label(item):
            cx.waiting.append(item)
        else:
            made = cx.statics.define(item)
            cx.module.items.append(made)


def _refuse(cx: Lowering, problem: Unsupported, spans: list[Span]) -> None:
    start = problem.start if problem.start >= 0 else cx.statement_start
    span = spans[start] if 0 <= start < len(spans) else None
    cx.sink.error(span, "sorry, unimplemented: {}", problem.what)


def alias_of(entity: decl.Entity) -> Alias:
    made = Alias(entity_symbol(entity), linkage_of(entity), entity.attributes.alias)
    made.visibility = entity.attributes.visibility
    return made


def _note_externals(unit: decl.Unit, module: Module) -> None:
    """Every symbol that is used and not defined, with its binding."""
    defined: set[str] = {item.name for item in module.items}
    weak: set[str] = set()
    entities: list[decl.Entity] = [*unit.functions, *unit.variables]
    for entity in entities:
        if entity.attributes.weak:
            weak.add(entity_symbol(entity))
    names: list[str] = sorted(weak)
    for item in module.items:
        if isinstance(item, Data):
            for relocation in item.relocations:
                names.append(relocation.symbol)
                names.append(relocation.minus)
        elif isinstance(item, Function):
            for block in item.blocks:
                for operation in block.operations:
                    if isinstance(operation, Call):
                        names.append(operation.callee)
                    elif isinstance(operation, SymbolAddress):
                        names.append(operation.symbol)
    for name in names:
        if name and name not in defined and ":" not in name:
            module.externals[name] = WEAK if name in weak else GLOBAL
