/// Names of other languages, with what is written here.
enum ForeignNames {
  static let constants = [
    "None": "nil", "null": "nil", "NULL": "nil", "True": "true", "TRUE": "true", "False": "false",
    "FALSE": "false", "NaN": "nan", "Inf": "inf", "Infinity": "inf", "nothing": "nil", "undefined": "nil",
    "missing": "nil", "π": "pi",
  ]

  static let modules: Set<String> = [
    "np", "numpy", "torch", "math", "plt", "pd", "jnp", "jax", "nn", "F", "scipy", "sklearn", "sp", "sns",
    "tf", "random", "optim", "keras", "json", "pickle", "time", "itertools", "functools",
    "stats", "os", "sys", "LinearAlgebra", "Statistics", "Random", "Flux",
  ]

  /// The help for a name that is neither defined nor a constant.
  static func help(for name: String) -> String? {
    functions[name]
      ?? (modules.contains(name) ? "functions need no prefix: `sqrt(x)`, `mean(x, axis=0)`" : nil)
  }

  /// The help for `member` of a module of another language, `np.zeros`; `known` are the names here.
  static func help(forMember member: String, of module: String, known: [String]) -> String? {
    // What only looks like a name here may be another thing: `nn.Linear` is a layer, `linear` a model.
    let similar = members[member] == nil ? known.first { folded($0) == folded(member) } : nil
    let same = known.first { $0 == member } ?? similar
    if module == "plt", member == "show" {
      return "a figure shows where it is the value of its line: plot(x, y)"
    }
    if let same { return "functions need no prefix: `\(same)`" }
    if let constant = constants[member] { return "in TLX it is written `\(constant)`" }
    return members[member] ?? functions[member] ?? help(for: module)
  }

  private static func folded(_ name: String) -> String { name.lowercased().replacing("_", with: "") }

  /// Those whose misspellings are told.
  static let misspelled = functions.keys.filter { $0.utf8.count > 3 }.sorted()

  /// What modules have that means something else, or nothing, on its own.
  private static let members = [
    "Linear": "write `dense(4, 3)` for a layer, linear(4, 3) for a model",
    "Conv2d": "write `conv2d(1, 8, 3)`",
    "Sequential": "write `sequential(dense(4, 8), relu, dense(8, 3))`",
    "Module": "a model is made of layers: sequential(…), or of a function: custom(params, f)",
    "CrossEntropyLoss": "write `cross_entropy`", "MSELoss": "write `mse`",
    "DataLoader": "fit(model, data, batch=64) makes batches",
    "no_grad": "nothing records gradients: leave it out", "device": "there is one device: leave it out",
    "manual_seed": "write `seed(7)`", "default_rng": "write `seed(7)`",
    "read_csv": "write `csv(\"file.csv\")`", "DataFrame": "write `table([{a: 1}, {a: 2}])`",
    "loads": "write `load(\"file.json\")`", "figure": "write `plot(x, y)`",
    "train_test_split": "write `split(data, test=0.2)`",
    "perf_counter": "time(() -> e) tells how long e takes",
    "argv": "a script gets what stands behind its name on the command line as `args`",
    "choice": "write `choice(xs)`", "random": "write `uniform()`", "path": "paths are strings",
  ]

  private static let functions = statements.merging(printing) { first, _ in first }
    .merging(collections) { first, _ in first }.merging(arrays) { first, _ in first }
    .merging(numbers) { first, _ in first }.merging(sessions) { first, _ in first }

  private static let statements = [
    "pass": "an empty block is written { }",
    "begin": "a block is written { … }", "isinstance": "annotations check kinds: fn f(x: f64[n])",
    "isa": "annotations check kinds: fn f(x: f64[n])", "lambda": "write `x -> e`",
    "function": "write `fn f(x) = e`", "foreach": "write `for x in xs { … }`",
    "this": methods, "self": methods, "super": methods, "object": "write a record: {a: 1, b: 2}",
    "using": "all functions are built in", "include": "write use \"lib.tlx\"",
    "exec": "write use \"lib.tlx\"", "nargin": "a parameter may have a default: fn f(x, y=2)",
    "warning": "write `print(…)`, or error(\"…\") to stop",
  ]

  private static let printing = [
    "disp": "write `print(x)`", "println": "write `print(x)`", "echo": "write `print(x)`",
    "display": "write `show(x)`", "pprint": "write `show(x)`",
    "printf": formatting, "fprintf": formatting, "sprintf": formatting,
    "num2str": "write `str(x)`, or put the value into a string: \"{x:.2f}\"",
    "mat2str": "write `str(x)`", "string": "write `str(x)`", "repr": "write `str(x)`",
    "String": "write `str(x)`", "int2str": "write `str(x)`", "str2num": "write `float(s)`",
    "str2double": "write `float(s)`", "parse": "write `float(s)`, or int(s)",
    "strcat": joining, "strvcat": joining, "strjoin": "write `join(parts, \", \")`",
    "strsplit": "write `split(s, \",\")`", "strrep": "write `replace(s, old, new)`",
    "strtrim": "write `trim(s)`", "strip": "write `trim(s)`", "lowercase": "write `lower(s)`",
    "uppercase": "write `upper(s)`", "startswith": "write `starts_with(s, part)`",
    "endswith": "write `ends_with(s, part)`", "strcmp": "write `a == b`", "strfind": "write `find(s, part)`",
    "input": "a script gets what stands behind its name on the command line as `args`",
    "open": "write `read(path)`", "paste": joining, "paste0": joining,
    "console": "write `print(x)`", "System": "write `print(x)`", "format": formatting,
  ]

  private static let collections = [
    "isempty": "write `len(x) == 0`", "array": brackets, "Array": brackets, "matrix": brackets,
    "Matrix": brackets,
    "Vector": brackets,
    "sorted": "write `sort(xs)`", "reversed": "write `reverse(xs)`", "append": growing, "push": growing,
    "extend": "a list grows by a list: xs + ys", "pop": "xs[-1] is the last item, xs[:-1] the others",
    "first": "write `xs[0]`", "last": "write `xs[-1]`", "next": "write `xs[0]`",
    "dict": fields, "Dict": fields, "struct": fields, "cell": "write `(a, b)`", "tuple": "write `(a, b)`",
    "Tuple": "write `(a, b)`", "set": unique, "Set": unique, "frozenset": unique,
    "containers": fields, "fieldnames": "write `keys(r)`", "isfield": holding, "haskey": holding,
    "hasattr": holding, "ismember": "write `x in xs`", "getattr": "write `r[name]`",
    "cellfun": mapping, "arrayfun": mapping, "collect": "write `list(xs)`",
    "reduce": "write `fold(xs, start, (a, x) -> a + x)`", "copy": copying, "deepcopy": copying,
    "similar": "write `zeros(2, 3)`", "NA": "write `nan` for a number, nil for anything else",
    "findall": "write `x[mask]` for the elements, or find(xs, f) for the first",
    "findfirst": "write `find(xs, x -> x > 2)`",
  ]

  private static let arrays = [
    "length": "write `len(x)`, or x.size for all elements", "numel": "write `x.size`",
    "size": "write `x.shape`, or x.size for the number of elements", "shape": "write `x.shape`",
    "ndims": "write `x.ndim`", "eltype": "write `x.dtype`",
    "typeof": "write `x.dtype`; the prompt's :vars tells kinds",
    "type": "write `x.dtype`; the prompt's :vars tells kinds",
    "rand": "write `uniform(2, 3)`", "randn": "write `normal(2, 3)`",
    "randi": "write `randint(low, high, shape=n)`", "randperm": "write `permutation(n)`",
    "rng": "write `seed(7)`",
    "dot": "write `a @ b`", "matmul": "write `a @ b`", "mul": "write `a * b`", "inner": "write `a @ b`",
    "tensordot": "write `einsum(\"ij,jk->ik\", a, b)`", "identity": "write `eye(n)`",
    "hcat": "write `concat((a, b), axis=1)`", "vcat": "write `concat((a, b))`",
    "hstack": "write `concat((a, b), axis=1)`", "vstack": "write `stack((a, b))`",
    "concatenate": "write `concat((a, b))`", "cat": "write `concat((a, b))`",
    "empty": "write `zeros(2, 3)`", "fill": "write `full((2, 3), 1)`", "zeros_like": "write `x * 0`",
    "ones_like": "write `x * 0 + 1`", "ravel": "write `flatten(x)`", "expand_dims": "write `x[:, new]`",
    "unsqueeze": "write `x[:, new]`", "swapaxes": transposing, "moveaxis": transposing,
    "permute": transposing, "permutedims": transposing, "diff": "write `x[1:] - x[:-1]`",
    "meshgrid": "write x[:, new] and y[new, :]: they combine to all pairs",
    "nonzero": "write `x[mask]` for the elements where a mask holds",
    "isclose": "write `abs(a - b) < 1e-8`", "array_equal": "write `all(a == b)`",
    "corrcoef": "write `pearson(x, y)`", "eigvals": "write `eigh(a).values`",
    "xrange": "write `range(n)`", "item": "write `float(x)`", "detach": "write `stop_gradient(x)`",
    "Float64": "write `f64(x)`", "Float32": "write `f32(x)`", "Int64": "write `i64(x)`",
    "Int": "write `int(x)`",
    "double": "write `f64(x)`", "single": "write `f32(x)`", "Bool": "write `bool(x)`",
  ]

  private static let numbers = [
    "mod": "write `a % b`", "rem": "write `a % b`, which has the sign of b", "pow": "write `a^b`",
    "power": "write `a^b`", "fld": "write `a // b`", "div": "write `a // b`", "idivide": "write `a // b`",
    "divmod": "write (a // b, a % b)", "fix": "write `trunc(x)`", "cbrt": "write `x^(1/3)`",
    "hypot": "write `sqrt(x^2 + y^2)`", "deg2rad": "write `x * pi / 180`", "rad2deg": "write `x * 180 / pi`",
    "square": "write `x^2`", "ln": "write `log(x)`, which is the natural logarithm",
    "factorial": "write `prod(range(1, n + 1))`",
  ]

  private static let sessions = [
    "clear": "the prompt's :reset forgets all variables",
    "whos": "the prompt's :vars lists the variables", "who": "the prompt's :vars lists the variables",
    "vars": "the prompt's :vars lists the variables", "locals": "the prompt's :vars lists the variables",
    "globals": "the prompt's :vars lists the variables",
    "dir": "the prompt's :vars lists the variables; Tab after `x.` lists fields",
    "ls": shell, "pwd": shell, "cd": shell,
    "iris": named, "digits": named, "wine": named, "mnist": named, "mnist2k": named, "fashion": named,
    "clc": "Ctrl-L clears the screen", "tic": "time(() -> e) tells how long e takes",
    "toc": "time(() -> e) tells how long e takes", "quit": "the prompt ends with :quit or Ctrl-D",
    "exit": "the prompt ends with :quit or Ctrl-D", "xlabel": labels, "ylabel": labels,
    "title": "plot(x, y, title=\"…\") writes above the figure",
    "legend": "plot(x, ys) names the columns of a table",
  ]

  private static let formatting = "strings format by themselves: print(\"{x:.2f}\")"
  private static let methods = "there are no methods: functions take the value as an argument"
  private static let joining = "write `a + b`, or \"{a}{b}\""
  private static let growing = "a list grows by a list: xs + (item,)"
  private static let fields = "write `{a: 1, b: 2}`"
  private static let unique = "unique(xs) drops what comes twice"
  private static let holding = "write `contains(r, \"name\")`"
  private static let mapping = "write `map(xs, f)`, or [f(x) for x in xs]"
  private static let copying = "values are never shared: let b = a is a copy"
  private static let transposing = "write `transpose(x, axes=(1, 0, 2))`"
  private static let labels = "plot(x, y, xlabel=\"…\", ylabel=\"…\") names the axes"
  private static let shell = "the prompt runs a shell command after a `!`, as in !ls"
  private static let named = "a data set is named by a string: dataset(\"iris\")"
  private static let brackets = "brackets make a tensor: [1, 2, 3]; tensor(xs) makes one of a list"
}
