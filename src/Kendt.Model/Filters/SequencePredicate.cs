namespace Kendt.Model.Filters;

/// <summary>
/// Sequences over one profile. Every event that can end the first k steps keeps the latest first event from which it can
/// be reached: the latest first has the smallest stretch in which an unwanted event can lie and is the longest within the
/// window and span, so it serves whenever any choice of events does.
/// </summary>
internal static class SequencePredicate
{
    private const long None = long.MinValue;

    public static FilterPredicate.Answer Ask(FilterPredicate predicate, SequenceRule rule)
    {
        var until = new Until(predicate.AsOf);
        var barred = rule.Without is null ? [] : Times(predicate, rule.Without, until);
        var times = Times(predicate, rule.Steps[0].Match, until);
        var firsts = times.ToArray();
        foreach (var step in rule.Steps.Skip(1))
        {
            var next = Times(predicate, step.Match, until);
            firsts = Reached(times, firsts, next, step.After?.Ticks);
            times = next;
        }
        var since = rule.Within is { } within ? predicate.AsOf - within.Ticks : None;
        var most = rule.Span?.Ticks ?? long.MaxValue;
        var latest = None;
        for (var i = 0; i < times.Length; i++)
            if (firsts[i] > since && firsts[i] > latest && times[i] - firsts[i] <= most && !Between(barred, firsts[i], times[i])) latest = firsts[i];
        if (latest == None) return new(false, until.Earliest);
        if (rule.Within is { } window) until.At(latest + window.Ticks);
        return new(true, until.Earliest);
    }

    private static long[] Times(FilterPredicate predicate, EventMatch match, Until until) =>
        [.. predicate.Matching(match, until).Select(e => IsoTime.TicksOf(e.At)).Distinct()];

    // For each time the latest first over the earlier times, at most `after` earlier: a queue whose firsts fall.
    private static long[] Reached(long[] times, long[] firsts, long[] next, long? after)
    {
        var reached = new long[next.Length];
        var queue = new LinkedList<int>();
        for (int i = 0, taken = 0; i < next.Length; i++)
        {
            for (; taken < times.Length && times[taken] < next[i]; taken++)
            {
                while (queue.Last is { } last && firsts[last.Value] <= firsts[taken]) queue.RemoveLast();
                queue.AddLast(taken);
            }
            while (after is { } most && queue.First is { } oldest && next[i] - times[oldest.Value] > most) queue.RemoveFirst();
            reached[i] = queue.First is { } best ? firsts[best.Value] : None;
        }
        return reached;
    }

    private static bool Between(long[] barred, long first, long last)
    {
        var at = Array.BinarySearch(barred, first + 1);
        if (at < 0) at = ~at;
        return at < barred.Length && barred[at] < last;
    }
}
