"""Statements: control flow, scopes with their cleanups, labels, switches."""

from __future__ import annotations

from typing import Final, final

from compiler.ir.function import Block, Value
from compiler.lower.calls import Callee, emit_call, instrument, return_values
from compiler.lower.context import Cleanup, Context, LabelInfo, Scope, Target, entity_symbol
from compiler.lower.lvalues import is_variable, variable_size
from compiler.syntax import decl, expr, stmt
from compiler.terms import ops
from compiler.types import ctypes

RANGE_LIMIT: Final = 64  # a longer case range is compared, not spelt out


@final
class StackRestore(Cleanup):
    """Frees the variable-length arrays of a scope."""

    def __init__(self, saved: Value) -> None:
        self.saved: Final = saved

    def run(self, cx: Context) -> None:
        cx.builder.effect(ops.STACK_RESTORE, [self.saved])


@final
class CleanupCall(Cleanup):
    """__attribute__((cleanup(f))): f(&variable)."""

    def __init__(self, function: decl.Function, variable: decl.Variable) -> None:
        self.function: Final = function
        self.variable: Final = variable

    def run(self, cx: Context) -> None:
        type = self.function.type.bare
        assert isinstance(type, ctypes.FunctionType)
        name = expr.Name(self.variable.type, self.variable.start, self.variable.end, self.variable)
        pointer = type.parameters[0] if type.parameters else ctypes.PointerType(self.variable.type)
        address = expr.AddressOf(pointer, name.start, name.end, name)
        emit_call(cx, Callee(entity_symbol(self.function), None, self.function), type, type.result, [address])


def statement(cx: Context, node: stmt.Stmt) -> None:
    """One statement; the dispatch of the stage."""
    if isinstance(node, stmt.ExprStmt):
        cx.effect(node.expr)
    elif isinstance(node, stmt.DeclStmt):
        for variable in node.variables:
            declare(cx, variable)
    elif isinstance(node, stmt.Block):
        cx.scoped_block(node, None)
    elif isinstance(node, stmt.If):
        if_statement(cx, node)
    elif isinstance(node, stmt.For):
        for_statement(cx, node)
    elif isinstance(node, stmt.While):
        while_statement(cx, node)
    elif isinstance(node, stmt.DoWhile):
        do_statement(cx, node)
    elif isinstance(node, stmt.Return):
        return_statement(cx, node)
    elif isinstance(node, stmt.Switch):
        switch_statement(cx, node)
    elif isinstance(node, stmt.Case):
        cx.start(cx.cases[node])
        if node.body is not None:
            cx.statement(node.body)
    elif isinstance(node, stmt.Labeled):
        info = label_info(cx, node.label)
        info.alive = [len(scope.cleanups) for scope in cx.scopes]
        cx.start(info.block)
        if node.body is not None:
            cx.statement(node.body)
    elif isinstance(node, stmt.Break):
        leave(cx, cx.breaks[-1])
    elif isinstance(node, stmt.Continue):
        leave(cx, cx.continues[-1])
    elif isinstance(node, stmt.Goto):
        goto_statement(cx, node)
    elif isinstance(node, stmt.ComputedGoto):
        computed_goto(cx, node)
    elif isinstance(node, stmt.Asm):
        cx.inline_asm(node)
    else:
        assert isinstance(node, stmt.Empty), node


def leave(cx: Context, target: Target) -> None:
    cx.leave_scopes(target.depth)
    cx.builder.jump(target.block)
    cx.dead()


def scoped_block(cx: Context, node: stmt.Block, result: expr.Expr | None) -> Value | None:
    """A block with its scope; `result` is evaluated inside, after the body (which may repeat it as its last
    statement)."""
    cx.scopes.append(Scope(node))
    depth = len(cx.scopes) - 1
    value: Value | None = None
    for child in node.body:
        if result is not None and isinstance(child, stmt.ExprStmt) and child.expr is result:
            continue
        cx.statement(child)
    if result is not None:
        if result.type.kind == ctypes.VOID:
            cx.effect(result)
        else:
            value = cx.value(result)
            if cx.scopes[depth].cleanups and cx.shapes.is_memory(result.type):
                place = cx.temporary(result.type, "block_result")
                cx.copy_record(place.address, value, result.type, 1)
                value = place.address
    cx.leave_scopes(depth)
    cx.scopes.pop()
    return value


def declare(cx: Context, variable: decl.Variable) -> None:
    """A block-scope variable at its declaration."""
    if variable.storage == decl.STATIC or variable.linkage == decl.EXTERNAL or variable.type.kind == ctypes.FUNCTION:
        return
    builder = cx.builder
    align = max(cx.shapes.align(variable.type), variable.align)
    if is_variable(variable.type):
        saved = builder.effect(ops.STACK_SAVE, [])
        cx.scopes[-1].cleanups.append(StackRestore(saved))
        size: Value = variable_size(cx, variable.type)
        if align > cx.abi.stack_align:
            size = builder.binary(ops.ADD, size, cx.constant(align))
        address: Value = builder.effect(ops.ALLOCA, [size])
        if align > cx.abi.stack_align:
            address = builder.ptr_add(address, cx.constant(align - 1))
            address = builder.binary(ops.AND, address, cx.constant(-align))
        cx.slots[variable.id] = address
    else:
        slot = cx.slots.get(variable.id)
        if slot is None:
            # An argument register holds a variable's value in asm operands only; others may be read for what they hold.
            arguments = cx.abi.integer_arguments + cx.abi.float_arguments
            if variable.register_name and variable.register_name not in arguments:
                raise cx.unsupported("register variable", variable.start)
            slot = builder.slot(max(cx.size(variable.type), 1), align, variable.name)
            cx.slots[variable.id] = slot
        if variable.length is not None:
            value = cx.resize(
                cx.value(variable.length), cx.ir(variable.type), cx.shapes.is_signed(variable.length.type)
            )
            builder.store(slot, value, align)
        elif variable.initializer is not None:
            cx.initialize(variable, slot)
    if variable.attributes.cleanup is not None:
        cx.scopes[-1].cleanups.append(CleanupCall(variable.attributes.cleanup, variable))


def if_statement(cx: Context, node: stmt.If) -> None:
    """`else if` chains of any length are walked without recursion."""
    done = cx.new_block("if_done")
    current: stmt.Stmt | None = node
    while isinstance(current, stmt.If):
        then = cx.new_block("if_then")
        other = done if current.other is None else cx.new_block("if_else")
        cx.branch(current.condition, then, other)
        cx.builder.start(then)
        cx.statement(current.then)
        if not cx.builder.terminated:
            cx.builder.jump(done)
        current = current.other
        if current is not None:
            cx.builder.start(other)
    if current is not None:
        cx.statement(current)
    cx.start(done)


def while_statement(cx: Context, node: stmt.While) -> None:
    head = cx.new_block("while_head")
    body = cx.new_block("while_body")
    done = cx.new_block("while_done")
    cx.start(head)
    cx.branch(node.condition, body, done)
    cx.builder.start(body)
    loop_body(cx, node.body, done, head)
    cx.builder.jump(head)
    cx.builder.start(done)


def do_statement(cx: Context, node: stmt.DoWhile) -> None:
    body = cx.new_block("do_body")
    test = cx.new_block("do_test")
    done = cx.new_block("do_done")
    cx.start(body)
    loop_body(cx, node.body, done, test)
    cx.start(test)
    cx.branch(node.condition, body, done)
    cx.builder.start(done)


def for_statement(cx: Context, node: stmt.For) -> None:
    cx.scopes.append(Scope(node))
    depth = len(cx.scopes) - 1
    if node.initial is not None:
        cx.statement(node.initial)
    head = cx.new_block("for_head")
    body = cx.new_block("for_body")
    step = cx.new_block("for_step")
    done = cx.new_block("for_done")
    cx.start(head)
    if node.condition is not None:
        cx.branch(node.condition, body, done)
    else:
        cx.builder.jump(body)
    cx.builder.start(body)
    loop_body(cx, node.body, done, step)
    cx.start(step)
    if node.step is not None:
        cx.effect(node.step)
    cx.builder.jump(head)
    cx.builder.start(done)
    cx.leave_scopes(depth)
    cx.scopes.pop()


def loop_body(cx: Context, body: stmt.Stmt, done: Block, again: Block) -> None:
    depth = len(cx.scopes)
    cx.breaks.append(Target(done, depth))
    cx.continues.append(Target(again, depth))
    cx.statement(body)
    cx.breaks.pop()
    cx.continues.pop()


def switch_statement(cx: Context, node: stmt.Switch) -> None:
    value = cx.value(node.condition)
    builder = cx.builder
    done = cx.new_block("switch_done")
    default = done
    for item in node.cases:
        if item.case not in cx.cases:
            cx.cases[item.case] = cx.new_block("case")
    if node.default is not None:
        default = cx.cases.get(node.default) or cx.new_block("default")
        cx.cases[node.default] = default
    cases: list[int] = []
    targets: list[Block] = []
    for item in node.cases:
        block = cx.cases[item.case]
        if item.high - item.low < RANGE_LIMIT:
            for number in range(item.low, item.high + 1):
                cases.append(number)
                targets.append(block)
            continue
        # low <= value <= high as one unsigned comparison.
        more = cx.new_block("switch_more")
        distance = builder.binary(ops.SUB, value, builder.const(value.type, item.low))
        bound = builder.const(value.type, item.high - item.low)
        builder.branch(builder.compare(ops.LE_U, distance, bound), block, more)
        builder.start(more)
    builder.switch(value, default, cases, targets)
    cx.dead()
    cx.breaks.append(Target(done, len(cx.scopes)))
    if node.body is not None:
        cx.statement(node.body)
    cx.breaks.pop()
    cx.start(done)


def label_info(cx: Context, label: decl.Label) -> LabelInfo:
    found = cx.labels.get(label)
    if found is None:
        found = LabelInfo(cx.new_block(label.name))
        cx.labels[label] = found
    return found


def goto_statement(cx: Context, node: stmt.Goto) -> None:
    """Leaves the scopes that are not around the label; back to before a declaration, what that made goes, too
    (C17 6.2.4p7)."""
    info = label_info(cx, node.label)
    chain = info.chain
    depth = 0
    while depth < len(cx.scopes) and depth < len(chain) and chain[depth] is cx.scopes[depth].block:
        depth += 1
    cx.leave_scopes(depth)
    if info.alive is not None:
        for index in range(depth - 1, -1, -1):
            cleanups = cx.scopes[index].cleanups
            for position in range(len(cleanups) - 1, info.alive[index] - 1, -1):
                cleanups[position].run(cx)
    cx.builder.jump(info.block)
    cx.dead()


def computed_goto(cx: Context, node: stmt.ComputedGoto) -> None:
    """Every computed goto of a function goes through one `indirect` block."""
    address = cx.value(node.address)
    if cx.indirect is None:
        cx.indirect = cx.new_block("indirect")
        cx.builder.parameter(cx.pointer, "", cx.indirect)
    cx.builder.jump(cx.indirect, [address])
    cx.dead()


def finish_indirect(cx: Context) -> None:
    """Writes the `indirect` block once all labels are known."""
    if cx.indirect is None:
        return
    targets = [info.block for label, info in cx.labels.items() if label.address_taken]
    cx.builder.start(cx.indirect)
    address = cx.indirect.parameters[0]
    if targets:
        cx.builder.indirect(address, targets)
    else:
        cx.builder.unreachable()


def return_statement(cx: Context, node: stmt.Return) -> None:
    signature = cx.function.signature
    assert signature is not None
    values: list[Value] = []
    if node.value is not None:
        if node.value.type.kind == ctypes.VOID:
            cx.effect(node.value)
        else:
            values = return_values(cx, node.value, signature)
    else:
        values = default_results(cx)
    cx.leave_scopes(0)
    instrument(cx, "__cyg_profile_func_exit")
    cx.builder.ret(values)
    cx.dead()


def default_results(cx: Context) -> list[Value]:
    """Zeros for a function that ends without a value (main returns 0, C17 5.1.2.2.3)."""
    return [cx.builder.const(type, 0) for type in cx.function.result_types]


def collect_labels(cx: Context, node: stmt.Stmt, chain: list[stmt.Stmt]) -> None:
    """Notes around each label the scopes a jump to it must not leave. A statement expression is looked through when it
    is met: no jump enters one from outside."""
    todo: list[tuple[stmt.Stmt, list[stmt.Stmt]]] = [(node, chain)]
    while todo:
        current, around = todo.pop()
        if isinstance(current, stmt.Block):
            inner = [*around, current]
            todo.extend((child, inner) for child in current.body)
        elif isinstance(current, stmt.If):
            todo.append((current.then, around))
            if current.other is not None:
                todo.append((current.other, around))
        elif isinstance(current, stmt.For):
            todo.append((current.body, [*around, current]))
        elif isinstance(current, (stmt.While, stmt.DoWhile)):
            todo.append((current.body, around))
        elif isinstance(current, (stmt.Switch, stmt.Case)):
            if current.body is not None:
                todo.append((current.body, around))
        elif isinstance(current, stmt.Labeled):
            label_info(cx, current.label).chain = around
            if current.body is not None:
                todo.append((current.body, around))
