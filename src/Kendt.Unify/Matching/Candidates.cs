using Kendt.Unify.Matching.Blocking;

namespace Kendt.Unify.Matching;

/// <summary>The pairs that share a block, each once, a record at a time. Ranges of records can be worked on beside each other.</summary>
/// <param name="records">The records.</param>
/// <param name="blocks">What brings them together.</param>
/// <param name="touched">If given, which records are asked for: each is compared with those before it too that are not asked for.</param>
internal sealed class Candidates(RecordSet records, Blocks blocks, bool[]? touched = null)
{
    private readonly int[] _seen = Filled(records.Count);
    private int[] _found = new int[256];

    /// <summary>The records after this one that it shall be compared with; good until the next call.</summary>
    public ReadOnlySpan<int> Of(int record)
    {
        var count = 0;
        var sources = records.IsLinked ? records.Sources : null;
        foreach (var block in blocks.Of(record))
        {
            var members = blocks.Members(block);
            for (var i = members.Length - 1; i >= 0 && (members[i] > record || touched is not null); i--)
            {
                var other = members[i];
                if (touched is not null && (other == record || other < record && touched[other])) continue;
                if (_seen[other] == record) continue;
                _seen[other] = record;
                if (sources is not null && sources[other] == sources[record]) continue;
                if (count == _found.Length) Array.Resize(ref _found, count * 2);
                _found[count++] = other;
            }
        }
        return _found.AsSpan(0, count);
    }

    /// <summary>How many blocks two records have in common.</summary>
    public int Common(int left, int right)
    {
        var a = blocks.Of(left);
        var b = blocks.Of(right);
        var (i, j, common) = (0, 0, 0);
        while (i < a.Length && j < b.Length)
        {
            if (a[i] == b[j]) { common++; i++; j++; }
            else if (a[i] < b[j]) i++;
            else j++;
        }
        return common;
    }

    private static int[] Filled(int count)
    {
        var seen = new int[count];
        Array.Fill(seen, -1);
        return seen;
    }
}
