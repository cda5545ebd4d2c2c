using Kendt.Model.Filters;

namespace Kendt.Store.Filters;

/// <summary>A value in columns, one for each kind that it can be; null where it is not of that kind.</summary>
/// <param name="facet">The column of a kind: t text, n number, b boolean, e whether there is a value, i units of 100 ns since 1970.</param>
internal sealed class ValueColumns(Func<char, Sql> facet)
{
    public Sql Text => facet('t');
    public Sql Number => facet('n');
    public Sql Truth => facet('b');
    public Sql Exists => facet('e');
    public Sql Ticks => facet('i');

    public Sql Facet(char kind) => facet(kind);
}

/// <summary>Operators over columns. Every answer is true or false, never null.</summary>
internal static class TestSql
{
    public static Sql All(IReadOnlyList<Test> tests, ValueColumns value, DateTimeOffset asOf) =>
        tests.Count == 1 ? Sql.Of($"({Of(tests[0], value, asOf)})") : Sql.Of($"({Sql.And([.. tests.Select(t => Of(t, value, asOf))])})");

    public static Sql Of(Test test, ValueColumns value, DateTimeOffset asOf) => test switch
    {
        Is one => Sure(Same(one.Value, value), one.Yes),
        OneOf some => Sure(Among(some, value), some.Yes),
        Exists exists => exists.Yes ? value.Exists : Sql.Of($"not {value.Exists}"),
        Part part => Sure(ValueSql.HasPart(value.Text, part), true),
        Compare compare => Sure(Ordered(compare, value.Number), true),
        Between between => Sure(Sql.Of($"{value.Number} between {between.Low} and {between.High}"), true),
        When time => Sure(time.After ? Sql.Of($"{value.Ticks} > {time.At.Ticks}") : Sql.Of($"{value.Ticks} < {time.At.Ticks}"), true),
        AnniversaryIn anniversary => Sure(Anniversary(anniversary, value.Ticks, asOf), true),
        WithinLast last => Sure(Sql.Of($"{value.Ticks} between {IsoTime.TicksOf(asOf) - last.Span.Ticks + 1} and {IsoTime.TicksOf(asOf)}"), true),
        _ => throw new InvalidOperationException($"{test.GetType().Name} has no SQL form."),
    };

    private static Sql Sure(Sql test, bool yes) => yes ? Sql.Of($"coalesce({test}, false)") : Sql.Of($"not coalesce({test}, false)");

    private static Sql Same(Literal wanted, ValueColumns value) => wanted.Kind switch
    {
        LiteralKind.Text => Sql.Of($"{value.Text} = {wanted.Text}"),
        LiteralKind.Number => Sql.Of($"{value.Number} = {wanted.Number}"),
        _ => Sql.Of($"{value.Truth} = {wanted.Truth}"),
    };

    private static Sql Among(OneOf some, ValueColumns value)
    {
        var texts = some.Values.Where(v => v.Kind is LiteralKind.Text).Select(v => v.Text!).Distinct(StringComparer.Ordinal).ToList();
        var numbers = some.Values.Where(v => v.Kind is LiteralKind.Number).Select(v => v.Number).Distinct().ToList();
        var truths = some.Values.Where(v => v.Kind is LiteralKind.Truth).Select(v => v.Truth).Distinct();
        List<Sql> found = [.. truths.Select(t => Sql.Of($"coalesce({value.Truth} = {t}, false)"))];
        if (texts.Count > 0) found.Add(Sql.Of($"coalesce({ValueSql.OneOf(value.Text, texts)}, false)"));
        if (numbers.Count > 0) found.Add(Sql.Of($"coalesce({ValueSql.OneOf(value.Number, numbers)}, false)"));
        return Sql.Or(found);
    }

    private static Sql Anniversary(AnniversaryIn test, Sql ticks, DateTimeOffset asOf) => Sql.Or([.. test.Days(IsoTime.TicksOf(asOf)).Select(y => Sql.Of(
        $"{ticks} < {new DateTime(y.Year, 1, 1, 0, 0, 0, DateTimeKind.Utc).Ticks - DateTime.UnixEpoch.Ticks} and {ValueSql.OneOf(ValueSql.DayOfYear(ticks), [.. y.Days.Select(d => (double)d)])}"))]);

    private static Sql Ordered(Compare compare, Sql number) => compare.How switch
    {
        Comparison.Above => Sql.Of($"{number} > {compare.Value}"),
        Comparison.AtLeast => Sql.Of($"{number} >= {compare.Value}"),
        Comparison.Below => Sql.Of($"{number} < {compare.Value}"),
        _ => Sql.Of($"{number} <= {compare.Value}"),
    };
}
