using Kendt.Model;
using Kendt.Model.Filters;

namespace Kendt.Segments;

/// <summary>What a rule refers to outside itself.</summary>
internal static class References
{
    /// <summary>Checks that every segment a rule names exists and, if the rule is to be stored, that none is built on it.</summary>
    /// <param name="name">The name under which the rule is to be stored; null if it is only asked.</param>
    /// <exception cref="BadInputException">The message names the place.</exception>
    public static void Check(Filter rule, string? name, IReadOnlyDictionary<string, Filter> stored)
    {
        foreach (var (path, used) in FilterLeaves.Segments(rule))
        {
            if (used == name) throw new BadInputException($"{path}: the segment '{name}' cannot be built on itself.");
            if (!stored.ContainsKey(used)) throw new BadInputException($"{path}: there is no segment '{Short(used)}'. 'kendt segment list' shows them.");
            if (name is not null && Way(used, name, stored) is { } way)
                throw new BadInputException($"{path}: '{used}' is built on '{name}' ({Shown(way)}), so '{name}' would be built on itself.");
        }
    }

    /// <summary>All rules that a rule is built on, by name.</summary>
    public static IReadOnlyList<Filter> Closure(Filter rule, IReadOnlyDictionary<string, Filter> stored) =>
        [rule, .. Names(rule, stored).Where(stored.ContainsKey).Select(n => stored[n])];

    /// <summary>The names of all segments that a rule is built on, directly or through others.</summary>
    public static HashSet<string> Names(Filter rule, IReadOnlyDictionary<string, Filter> stored)
    {
        var open = new Queue<Filter>([rule]);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (open.TryDequeue(out var next))
            foreach (var (_, used) in FilterLeaves.Segments(next))
                if (seen.Add(used) && stored.TryGetValue(used, out var inner)) open.Enqueue(inner);
        return seen;
    }

    // The shortest way from one segment to another along what they are built on.
    private static List<string>? Way(string from, string to, IReadOnlyDictionary<string, Filter> stored)
    {
        var before = new Dictionary<string, string>(StringComparer.Ordinal) { [from] = from };
        var queue = new Queue<string>([from]);
        while (queue.TryDequeue(out var at))
        {
            if (at == to)
            {
                List<string> way = [to];
                while (way[0] != from) way.Insert(0, before[way[0]]);
                return way;
            }
            if (!stored.TryGetValue(at, out var rule)) continue;
            foreach (var (_, next) in FilterLeaves.Segments(rule))
                if (before.TryAdd(next, at)) queue.Enqueue(next);
        }
        return null;
    }

    private static string Shown(List<string> way) => string.Join(" -> ", way.Count <= 6 ? way : [.. way.Take(3), "...", .. way.TakeLast(2)]);

    private static string Short(string text) => text.Length <= 100 ? text : text[..100] + "...";
}
