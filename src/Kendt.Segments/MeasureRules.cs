using Kendt.Model.Filters;
using Kendt.Model.Measures;
using Kendt.Store;

namespace Kendt.Segments;

/// <summary>What conditions on measures stand for, by the measures as they are stored now.</summary>
internal static class MeasureRules
{
    /// <summary>The rule with its conditions on measures replaced by what they stand for.</summary>
    /// <exception cref="Kendt.Model.BadInputException">A measure is not known, or is none that rules can ask for.</exception>
    public static async Task<Filter> ExpandAsync(Stores stores, Filter rule, CancellationToken cancel) => FilterMeasures.Expand(rule, await OfAsync(stores, [rule], cancel));

    /// <summary>The stored measures of customers, if the rules name any.</summary>
    public static async Task<Func<string, Measure?>> OfAsync(Stores stores, IReadOnlyList<Filter> rules, CancellationToken cancel)
    {
        if (!rules.Any(r => FilterMeasures.Of(r).Any())) return _ => null;
        var found = (await stores.Ledger.ReadAsync(s => s.ListAsync(Sql.Of($"select name, definition from measure where level = 'profile'"), r => (Name: r.Text(0), Definition: r.Text(1)), cancel), cancel))
            .ToDictionary(m => m.Name, m => m.Definition, StringComparer.Ordinal);
        return name => found.TryGetValue(name, out var definition) ? MeasureJson.Parse(definition) : null;
    }
}
