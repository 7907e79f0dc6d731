import TLXRuntime

extension BuiltinTable {
  /// All built-ins of the language. Each family is a file or two; add one by a line here.
  public static let standard = BuiltinTable(
    [
      CreateFamily.tensors, CreateFamily.grids, CreateFamily.random, CreateFamily.keys,
      ConversionFamily.all,
      MathFamily.elementary, MathFamily.trigonometric, MathFamily.activations, MathFamily.rounding,
      MathFamily.choosing,
      ReduceFamily.sums, ReduceFamily.extremes, ReduceFamily.order, ReduceFamily.running,
      ReduceFamily.counting,
      ShapeFamily.forms, ShapeFamily.joining, ShapeFamily.moving, ShapeFamily.taking, ShapeFamily.products,
      CollectionFamily.functional, CollectionFamily.records, CollectionFamily.ordering,
      CollectionFamily.tables,
      StringFamily.all,
      DifferentiateFamily.gradients.map(\.traced), DifferentiateFamily.products.map(\.traced),
      DifferentiateFamily.mapping.map(\.traced),
      DataFamily.sets, DataFamily.choosing, DataFamily.files,
      modelsFamily.map(\.traced), layersFamily.map(\.traced), architecturesFamily, lossesFamily.map(\.traced),
      optimizersFamily.map(\.traced), trainingFamily,
      predictionFamily,
      LinearAlgebraFamily.solves, LinearAlgebraFamily.factorizations, LinearAlgebraFamily.functions,
      StatisticsFamily.correlations, StatisticsFamily.tests,
      TransferFamily.probabilities, TransferFamily.features,
      UpdateFamily.checks, UpdateFamily.measures, UpdateFamily.sweeps, UpdateFamily.logitLosses.map(\.traced),
      UpdateFamily.featureLosses.map(\.traced),
      UpdateFamily.baselines,
      UpdateFamily.galleries, UpdateFamily.retrievals, UpdateFamily.crossTests, UpdateFamily.search,
      UpdateFamily.linear,
      MarkovFamily.chains, MarkovFamily.longRun, MarkovFamily.hitting, MarkovFamily.paths,
      MarkovFamily.models, MarkovFamily.logs, MarkovFamily.rewrites,
      DialogueFamily.logs, DialogueFamily.rewrites, SparseFamily.all, GraphFamily.all,
      figuresFamily, inputsFamily, sessionFamily, plansFamily, programFamily, helpFamily,
    ].flatMap { $0 },
    constants: [
      BuiltinConstant("pi", Double.pi, summary: "the circumference of a circle of diameter 1"),
      BuiltinConstant("e", 2.718281828459045, summary: "the base of the natural logarithm"),
      BuiltinConstant("inf", Double.infinity, summary: "infinity"),
      BuiltinConstant("nan", Double.nan, summary: "not a number"),
    ],
    objectReaders: [
      "model": ModelObject.reader, "data set": DataSetObject.reader, "figure": FigureObject.reader,
      "chain": ChainObject.reader, "sparse matrix": SparseObject.reader, "fraction": FractionObject.reader,
      "solution": SolutionObject.reader, TracedObjectReader.kind: TracedObjectReader.reader,
    ])
}
