using Kendt.Maths;

namespace Kendt.Unify.Matching;

/// <summary>
/// What cannot be of one person or company, whatever else agrees. A cluster's values count as a whole: two birth dates contradict only if none of
/// the one side is a date, or a typing error of a date, of the other. A field of which one person's records were learnt to differ often is not
/// asked: it proves nothing.
/// </summary>
internal sealed class Contradictions
{
    /// <summary>So many members of each side are looked at.</summary>
    public const int Looked = 32;

    // Nobody's records have more of these; families' and companies' do.
    private const int MostContacts = 6;

    // How often a field may differ among one person's records to be asked still: else it forbids more that is right than wrong.
    private const double Unsure = 0.015;

    // First names no more alike than this are no typing errors of each other.
    private const double Unlike = 0.6;

    // A date that stands in for "not known" is this much more frequent than what two rows usually agree on, and is the first of January.
    private const double Placeholder = 0.1;

    private readonly RecordSet _records;
    private readonly int _given, _birth;
    private readonly int[] _surnames, _streets, _births, _officials, _emails, _phones, _numbers;

    /// <param name="records">The records.</param>
    /// <param name="weights">What was learnt, to tell which fields can be relied upon; null relies on all.</param>
    public Contradictions(RecordSet records, Weights? weights)
    {
        _records = records;
        var persons = Of(Comparison.Name).Length > 0;
        _given = Of(Meaning.GivenName) is [var given, ..] ? given : -1;
        _birth = Of(Meaning.BirthDate) is [var birth, ..] && IsReliable(weights, birth, 5) ? birth : -1;
        _surnames = Of(Meaning.Surname);
        _streets = Of(Meaning.Street);
        _officials = [.. Of(Meaning.OfficialNumber).Where(f => IsReliable(weights, f, 3))];
        (_emails, _phones) = persons ? (Of(Meaning.Email), Of(Meaning.Phone)) : ([], []);
        _births = Of(Meaning.BirthDate);
        _numbers = [.. Of(Meaning.Identity), .. Of(Meaning.OfficialNumber)];
    }

    /// <summary>Why the members of two clusters cannot be one; null if nothing speaks against it.</summary>
    /// <param name="left">Records of the one.</param>
    /// <param name="right">Records of the other.</param>
    /// <param name="isRule">Whether a rule says that they are one: then families are its affair.</param>
    public RefusedFor? Between(ReadOnlySpan<int> left, ReadOnlySpan<int> right, bool isRule)
    {
        foreach (var official in _officials) if (Differ(official, 3, left, right)) return RefusedFor.OfficialNumber;
        if (_birth >= 0 && Differ(_birth, 5, left, right)) return RefusedFor.BirthDate;
        if (left.Length + right.Length > MostContacts && (AreTooMany(_emails, left, right) || AreTooMany(_phones, left, right))) return RefusedFor.TooMany;
        return !isRule && IsFamily(left, right) ? RefusedFor.Family : null;
    }

    // Both sides have values, and each of the one is of that level or beyond to each of the other.
    private bool Differ(int f, int from, ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        var field = _records.Fields[f];
        var differ = false;
        foreach (var a in left)
        {
            if (_records[a][f] is not (not 0 and var x) || IsPlaceholder(field, x)) continue;
            foreach (var b in right)
            {
                if (_records[b][f] is not (not 0 and var y) || IsPlaceholder(field, y)) continue;
                if (Levels.Of(field, x, y) < from) return false;
                differ = true;
            }
        }
        return differ;
    }

    private static bool IsPlaceholder(Field field, int value) => field.Comparison is Comparison.Date && field.Values[value].Number % 10000 == 101 && field.Rarity[value] < Placeholder;

    // Values that are typing errors of each other count once.
    private bool AreTooMany(int[] fields, ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        Span<int> known = stackalloc int[MostContacts];
        foreach (var f in fields)
        {
            var count = 0;
            if (Add(f, left, known, ref count) || Add(f, right, known, ref count)) return true;
        }
        return false;
    }

    private bool Add(int f, ReadOnlySpan<int> records, Span<int> known, ref int count)
    {
        var field = _records.Fields[f];
        foreach (var record in records)
        {
            if (_records[record][f] is not (not 0 and var value)) continue;
            var isNew = true;
            foreach (var other in known[..count]) isNew &= Levels.Of(field, value, other) > (field.Comparison is Comparison.Email ? 3 : 2);
            if (!isNew) continue;
            if (count == known.Length) return true;
            known[count++] = value;
        }
        return false;
    }

    private bool IsFamily(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        if (_given < 0 || _surnames.Length == 0 || _streets.Length == 0 || !Differ(_given, 7, left, right)) return false;
        if (!Meet(_surnames, 3, left, right) || !Meet(_streets, 3, left, right) || Meet(_numbers, 2, left, right)) return false;
        var (mail, birth, phone) = (Meet(_emails, 2, left, right), Meet(_births, 2, left, right), Meet(_phones, 2, left, right));
        if (!mail && !birth && !phone) return true;
        // First names that have nothing in common are two people, who may share a telephone or an e-mail address; or be twins, who have their own.
        if ((mail ? 1 : 0) + (birth ? 1 : 0) + (phone ? 1 : 0) > 1 || !AreUnlike(left, right)) return false;
        if (!birth) return true;
        foreach (var own in _phones) if (Differ(own, 3, left, right)) return true;
        foreach (var own in _emails) if (Differ(own, 5, left, right)) return true;
        return false;
    }

    private bool AreUnlike(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        var values = _records.Fields[_given].Values;
        foreach (var a in left)
        {
            foreach (var b in right)
            {
                if (_records[a][_given] is not 0 and var x && _records[b][_given] is not 0 and var y && TextDistance.JaroWinkler(values.Text(x), values.Text(y)) > Unlike) return false;
            }
        }
        return true;
    }

    // Whether a value of the one side is of that level or nearer to one of the other.
    private bool Meet(int[] fields, int to, ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        foreach (var f in fields)
        {
            foreach (var a in left) foreach (var b in right) if (Levels.Of(_records.Fields[f], _records[a][f], _records[b][f]) is not Levels.Missing and var level && level <= to) return true;
        }
        return false;
    }

    private bool IsReliable(Weights? weights, int f, int from)
    {
        if (weights is null) return true;
        double differ = 0, expected = 0;
        for (var level = from; level < Levels.Count(_records.Fields[f].Comparison); level++)
        {
            differ += weights.Same[f][level];
            expected += Expectation.Of(_records.Fields[f])[level - 1];
        }
        // What was seen alone; learning mixes it with what was expected.
        return (1 + Training.BelievedShare) * differ - Training.BelievedShare * expected <= Unsure;
    }

    private int[] Of(Meaning meaning) => [.. Enumerable.Range(0, _records.Width).Where(f => _records.Fields[f].Meaning == meaning)];

    private int[] Of(Comparison comparison) => [.. Enumerable.Range(0, _records.Width).Where(f => _records.Fields[f].Comparison == comparison)];
}
