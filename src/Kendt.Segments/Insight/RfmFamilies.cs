using Kendt.Model.Filters;
using Kendt.Model.Measures;
using Kendt.Store;

namespace Kendt.Segments.Insight;

/// <summary>
/// Families of buyers by how lately, how often and for how much they bought: every buyer is in exactly one. Where lately ends
/// and often begins comes from the buyers themselves.
/// </summary>
public sealed class RfmFamilies(Stores stores)
{
    /// <summary>The families' keys, the best first.</summary>
    public static IReadOnlyList<string> Keys { get; } = ["champions", "loyal", "promising", "new", "need-attention", "cooling-down", "tried-once", "slipping-away", "hibernating", "lost"];

    /// <summary>Families with members; the mean and the part are of what they spent.</summary>
    public async Task<IReadOnlyList<Suggestion>> RunAsync(OrderWords orders, DateTimeOffset asOf, CancellationToken cancel)
    {
        asOf = Crowd.Moment(asOf);
        Task<double[]> QuantilesAsync(Calculation calculation, double above, params double[] parts) =>
            RuleFigures.QuantilesAsync(stores, new EventMeasure(orders.Match, MeasureWindow.Always, calculation), above, parts, asOf, cancel);
        var days = await QuantilesAsync(new(CalculationKind.Since, null, 0, "day", "last"), -1, 0.4, 0.7);
        if (days.Length == 0 || double.IsNaN(days[0])) return [];
        var often = await QuantilesAsync(new(CalculationKind.Count), 1, 0.5);
        var much = await QuantilesAsync(orders.Spend.Calculation, 0, 0.8);
        var rules = Rules(orders, (int)days[0] + 1, (int)days[1] + 1, double.IsNaN(often[0]) ? 2 : Math.Max(2, (int)often[0]), double.IsNaN(much[0]) ? 0 : Bands.Neat([much[0]], double.NegativeInfinity)[0]);
        var figures = await RuleFigures.OfAsync(stores, [.. rules.Select(r => r.Rule)], orders.Spend, asOf, cancel);
        var sum = figures.Sum(f => f.Sum);
        return [.. rules.Select((r, i) => new Suggestion(r.Key, r.Rule, figures[i].People, figures[i].Mean, sum > 0 ? figures[i].Sum / sum : 0)).Where(s => s.People > 0)];
    }

    /// <summary>The families as rules.</summary>
    /// <param name="fresh">Whole days since the last order below which it was lately.</param>
    /// <param name="gone">Days from which it was long ago; at least <paramref name="fresh"/>.</param>
    /// <param name="some">The most orders that are not yet often; at least 2.</param>
    /// <param name="much">What somebody has spent who has spent much.</param>
    internal static IReadOnlyList<(string Key, Filter Rule)> Rules(OrderWords orders, int fresh, int gone, int some, double much)
    {
        gone = Math.Max(gone, fresh + 1);
        Filter isFresh = Last(orders, fresh), isOut = new Not(Last(orders, gone)), isCooling = new All([Last(orders, gone), new Not(Last(orders, fresh))]);
        Filter isOften = Times(orders, new Compare(Comparison.AtLeast, some + 1)), isSome = Times(orders, new Between(2, some)), isOnce = Times(orders, new Is(Literal.Of(1.0), true));
        Filter isMuch = new EventRule(orders.Match, EventWindow.Always, new(AggregateKind.Sum, new(orders.Worth), [new Compare(Comparison.AtLeast, much)]));
        return
        [
            ("champions", new All([isOften, isFresh, isMuch])), ("loyal", new All([isOften, isFresh, new Not(isMuch)])), ("promising", new All([isSome, isFresh])), ("new", new All([isOnce, isFresh])),
            ("need-attention", new All([isOften, isCooling])), ("cooling-down", new All([isSome, isCooling])), ("tried-once", new All([isOnce, isCooling])),
            ("slipping-away", new All([isOften, isOut])), ("hibernating", new All([isSome, isOut])), ("lost", new All([isOnce, isOut])),
        ];
    }

    private static EventRule Times(OrderWords orders, Test test) => new(orders.Match, EventWindow.Always, new(AggregateKind.Count, null, [test]));

    private static EventRule Last(OrderWords orders, int days) => Duration.TryParse($"{Math.Clamp(days, 1, 36_500)}d", out var span)
        ? new(orders.Match, EventWindow.Always, new(AggregateKind.Last, null, [new WithinLast(span)])) : throw new InvalidOperationException("A day is a duration.");
}
