using Kendt.Model.Measures;

namespace Kendt.Model.Filters;

/// <summary>
/// Measures as conditions. A condition on a measure stands for the conditions on events that the measure is made of, so it
/// is judged at the very moment of the question, by SQL, predicate and live alike; it is put in their place before a rule is
/// judged, and nothing that judges rules knows of measures.
/// </summary>
public static class FilterMeasures
{
    /// <summary>The measures that a rule names, with their places.</summary>
    public static IEnumerable<(string Path, string Name)> Of(Filter filter) =>
        FilterLeaves.Of(filter).Where(l => l.Leaf is MeasureRule).Select(l => (l.Path, ((MeasureRule)l.Leaf).Measure));

    /// <summary>The rule with each condition on a measure replaced by what it stands for.</summary>
    /// <param name="measure">The measure of a customer by that name; null if there is none.</param>
    /// <exception cref="BadInputException">A measure is not known, or is none that rules can ask for; the message names the place.</exception>
    public static Filter Expand(Filter filter, Func<string, Measure?> measure) => Expand(filter, "", measure);

    private static Filter Expand(Filter filter, string path, Func<string, Measure?> measure) => filter switch
    {
        All all => new All([.. all.Of.Select((f, i) => Expand(f, $"{Join(path, "all")}[{i}]", measure))]),
        Any any => new Any([.. any.Of.Select((f, i) => Expand(f, $"{Join(path, "any")}[{i}]", measure))]),
        Not not => new Not(Expand(not.Of, Join(path, "not"), measure)),
        MeasureRule rule => Meaning(rule, measure(rule.Measure) ?? throw new BadInputException($"{Join(path, "measure")}: there is no measure '{rule.Measure}' of customers. 'kendt measure list' shows them."), Join(path, "measure")),
        _ => filter,
    };

    private static Filter Meaning(MeasureRule rule, Measure measure, string path)
    {
        if (measure is not EventMeasure { Match: { Name: not EventMeasure.Everything } match, Calculation: var calculation, Window: { During: null } window })
            throw Cannot(rule, path, measure is Ratio ? "it is a ratio" : "it looks at a calendar period, or at events of every name");
        if (calculation.Kind is CalculationKind.Since)
        {
            if (window != MeasureWindow.Always) throw Cannot(rule, path, "it has a window");
            return new All([.. rule.Tests.Select(t => Since(t, match, calculation, path))]);
        }
        return Enum.TryParse<AggregateKind>(calculation.Kind.ToString(), out var kind) && kind is not (AggregateKind.First or AggregateKind.Last)
            ? new EventRule(match, new(window.Within, window.From, window.To), new(kind, calculation.Of, rule.Tests))
            : throw Cannot(rule, path, $"it is a {calculation.Kind.ToString().ToLowerInvariant()}");
    }

    // Whole units since an event: n or fewer have gone while it is within the last n + 1.
    private static Filter Since(Test test, EventMatch match, Calculation calculation, string path)
    {
        return test switch
        {
            Compare { How: Comparison.AtMost } c => Younger(Whole(c.Value) + 1),
            Compare { How: Comparison.Below } c => Younger(Whole(c.Value)),
            Compare { How: Comparison.AtLeast } c => Older(Whole(c.Value)),
            Compare c => Older(Whole(c.Value) + 1),
            Between b => new All([Older(Whole(b.Low)), Younger(Whole(b.High) + 1)]),
            Is { Yes: true, Value: { Kind: LiteralKind.Number, Number: var n } } => new All([Older(Whole(n)), Younger(Whole(n) + 1)]),
            _ => throw new BadInputException($"{path}: time since an event takes above, atLeast, below, atMost, between and is, with whole numbers."),
        };

        Filter Younger(long units) => FilterMeasures.Younger(units, match, calculation, path);
        Filter Older(long units) => new All([new EventRule(match, EventWindow.Always, Aggregate.Once), new Not(Younger(units))]);
        long Whole(double number) => number == Math.Floor(number) && Math.Abs(number) < 1e9 ? (long)number : throw new BadInputException($"{path}: time since an event is a whole number; this is not.");
    }

    private static Filter Younger(long units, EventMatch match, Calculation calculation, string path) => units <= 0 ? new Any([])
        : Duration.TryParse(units.ToString(System.Globalization.CultureInfo.InvariantCulture) + calculation.Unit[0], out var span)
            ? new EventRule(match, EventWindow.Always, new(calculation.Which == "first" ? AggregateKind.First : AggregateKind.Last, null, [new WithinLast(span)]))
            : throw new BadInputException($"{path}: is more than 36500 days.");

    private static BadInputException Cannot(MeasureRule rule, string path, string why) =>
        new($"{path}: a rule cannot ask for the measure '{rule.Measure}': {why}. Rules take counts, sums, averages, min, max, distinct and time since, of events of one name, with within or from and to.");

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
