using System.Numerics;
using System.Runtime.InteropServices;

namespace Kendt.Unify.Matching;

/// <summary>
/// What was learnt: how much each level of each field says, after Fellegi and Sunter (1969), with one thing added. Pairs of people are of four
/// kinds, not two, because members of a household agree on much and people who have moved on little: the same person or not, and at the same
/// place or not. Within each kind fields are independent. Each field's table follows what it depends on by its <see cref="Role"/>.
/// </summary>
internal sealed class Weights
{
    public Weights(Field[] fields)
    {
        Fields = fields;
        _names = [.. Enumerable.Range(0, fields.Length).Where(f => fields[f].IsName)];
        (Same, Near, Apart) = (Tables(fields), Tables(fields), Tables(fields));
    }

    private readonly int[] _names;

    public Field[] Fields { get; }

    /// <summary>
    /// By field, the chance of each level (level of the parent x 8 + level) for what agrees: the same person, or for a place the same place.
    /// </summary>
    public double[][] Same { get; }

    /// <summary>The same for strangers at one place: shared fields only.</summary>
    public double[][] Near { get; }

    /// <summary>The same for two records that have nothing to do with each other.</summary>
    public double[][] Apart { get; }

    /// <summary>Of all pairs, the share that is one person at one place, one person at two, two persons at one place.</summary>
    public double SameHere { get; set; }

    public double SameMoved { get; set; }

    public double NearHere { get; set; }

    /// <summary>The row of a field's table that its parent's level picks, or whether the names agree.</summary>
    public int Row(int field, ReadOnlySpan<byte> levels)
    {
        if (Fields[field].Parent is >= 0 and var parent) return levels[parent] * Levels.Most;
        return Fields[field].FollowsNames ? Namesakes(levels) * Levels.Most : 0;
    }

    /// <summary>0: no name agrees, 1: some do, 2: all that both have.</summary>
    public int Namesakes(ReadOnlySpan<byte> levels)
    {
        var (agree, differ) = (false, false);
        foreach (var name in _names)
        {
            if (levels[name] == Levels.Missing) continue;
            if (levels[name] == Levels.Count(Fields[name].Comparison) - 1) differ = true;
            else agree = true;
        }
        return !agree ? 0 : differ ? 1 : 2;
    }

    private static double[][] Tables(Field[] fields) => [.. fields.Select(f => new double[f.Parent >= 0 ? Levels.Most * Levels.Most : f.FollowsNames ? Levels.Most * 3 : Levels.Most])];
}

/// <summary>What a pair's agreement says, as ratios of chances to those of two records that have nothing to do with each other.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct Ratios
{
    /// <summary>Of what is a person's own, of the place, and of what is shared: if it is one person, and if it is two at one place.</summary>
    public double Own, Place, Shared, SharedNear;
}

/// <summary>Scores pairs of records with learnt weights.</summary>
internal sealed class Scorer
{
    private readonly RecordSet _records;
    private readonly Field[] _fields;
    private readonly int[] _surnames, _givens;
    private readonly double[][] _same, _near;
    private readonly double[][] _mostEqual, _mostElse;
    private readonly int _named;
    private readonly double _sameHere, _sameMoved, _nearHere;

    public Scorer(RecordSet records, Weights weights)
    {
        (_records, _fields, Weights) = (records, records.Fields, weights);
        _givens = [.. Enumerable.Range(0, _fields.Length).Where(f => _fields[f].Meaning is Meaning.GivenName)];
        _surnames = [.. Enumerable.Range(0, _fields.Length).Where(f => _fields[f].Meaning is Meaning.Surname)];
        _same = Ratio(weights.Same, weights.Apart);
        _near = Ratio(weights.Near, weights.Apart);
        _named = _fields.TakeWhile(f => f.Comparison is Comparison.Name).Count();
        (_mostEqual, _mostElse) = (new double[_fields.Length][], new double[_fields.Length][]);
        for (var f = 0; f < _fields.Length; f++)
        {
            // Which row holds is known after the names, or else could be any.
            (_mostEqual[f], _mostElse[f]) = ([1, 1, 1], [1, 1, 1]);
            for (var i = 0; i < _same[f].Length; i++)
            {
                for (var row = 0; row < 3; row++)
                {
                    if (_fields[f].FollowsNames && i / Levels.Most != row) continue;
                    ref var most = ref i % Levels.Most == Levels.Equal ? ref _mostEqual[f][row] : ref _mostElse[f][row];
                    most = Math.Max(most, _same[f][i]);
                }
            }
        }
        (_sameHere, _sameMoved, _nearHere) = (weights.SameHere, weights.SameMoved, weights.NearHere);
    }

    public Weights Weights { get; }

    /// <summary>The level of each field for a pair.</summary>
    public void Compare(int left, int right, Span<byte> levels)
    {
        var a = _records[left];
        var b = _records[right];
        for (var f = 0; f < _fields.Length; f++) levels[f] = (byte)Levels.Of(_fields[f], a[f], b[f]);
        if (_givens.Length > 0 && _surnames.Length > 0) FindSwapped(a, b, levels);
    }

    private void FindSwapped(ReadOnlySpan<int> a, ReadOnlySpan<int> b, Span<byte> levels)
    {
        var (given, surname) = (_givens[0], _surnames[0]);
        if (levels[given] > 3 && levels[surname] > 3 && (a[given] == b[surname] || a[surname] == b[given])
            && IsAlike(given, a[given], b[surname]) && IsAlike(given, a[surname], b[given]))
        {
            levels[given] = levels[surname] = Levels.Swapped;
        }
    }

    /// <summary>The ratios of a pair whose levels are known.</summary>
    public Ratios Weigh(int left, int right, ReadOnlySpan<byte> levels)
    {
        var a = _records[left];
        var ratios = new Ratios { Own = 1, Place = 1, Shared = 1, SharedNear = 1 };
        for (var f = 0; f < _fields.Length; f++) if (levels[f] != Levels.Missing) Multiply(ref ratios, f, a[f], levels);
        return ratios;
    }

    private void Multiply(ref Ratios ratios, int f, int value, ReadOnlySpan<byte> levels)
    {
        var field = _fields[f];
        var at = Weights.Row(f, levels) + levels[f];
        var same = _same[f][at];
        // Agreeing on what few have says more.
        var rare = levels[f] == Levels.Equal ? Rare(field, value) : 1;
        switch (field.Role)
        {
            case Role.Own:
                ratios.Own *= same * rare;
                break;
            case Role.Place:
                ratios.Place *= same * rare;
                break;
            default:
                ratios.Shared *= same * rare;
                ratios.SharedNear *= _near[f][at] * rare;
                break;
        }
    }

    /// <summary>What one field says alone: that of one person to that of strangers.</summary>
    public double Alone(int field, int left, ReadOnlySpan<byte> levels) =>
        _same[field][Weights.Row(field, levels) + levels[field]] * (levels[field] == Levels.Equal ? Rare(_fields[field], _records[left][field]) : 1);

    /// <summary>The same for a pair of which only the levels, and how rare its equal values are by role, was kept.</summary>
    public Ratios Weigh(ReadOnlySpan<byte> levels, Vector3 rare)
    {
        var ratios = new Ratios { Own = rare.X, Place = rare.Y, Shared = rare.Z, SharedNear = rare.Z };
        for (var f = 0; f < _fields.Length; f++)
        {
            var level = levels[f];
            if (level == Levels.Missing) continue;
            var at = Weights.Row(f, levels) + level;
            switch (_fields[f].Role)
            {
                case Role.Own:
                    ratios.Own *= _same[f][at];
                    break;
                case Role.Place:
                    ratios.Place *= _same[f][at];
                    break;
                default:
                    ratios.Shared *= _same[f][at];
                    ratios.SharedNear *= _near[f][at];
                    break;
            }
        }
        return ratios;
    }

    /// <summary>How many times more likely than not the pair is one person or company.</summary>
    public double Odds(in Ratios r) => (_sameHere * r.Own * r.Place + _sameMoved * r.Own) * r.Shared / (1 + _nearHere * r.Place * r.SharedNear);

    /// <summary>
    /// What the pair's values alone say, in bits: above 0 they are what one would see of one person; below, rather of strangers or of two people
    /// at one place. How rare such pairs are does not count here.
    /// </summary>
    public double Evidence(in Ratios r)
    {
        var same = (_sameHere * r.Own * r.Place + _sameMoved * r.Own) * r.Shared / (_sameHere + _sameMoved);
        return Math.Log2(same / Math.Max(1, r.Place * r.SharedNear));
    }

    /// <summary>The odds of a pair, or 0 as soon as it is plain that they are below <paramref name="least"/>.</summary>
    public double Odds(int left, int right, double least)
    {
        var a = _records[left];
        var b = _records[right];
        Span<byte> levels = stackalloc byte[FieldMaker.Most];
        Span<double> most = stackalloc double[FieldMaker.Most];
        for (var f = 0; f < _named; f++) levels[f] = (byte)Levels.Of(_fields[f], a[f], b[f]);
        if (_givens.Length > 0 && _surnames.Length > 0) FindSwapped(a, b, levels);
        // What the fields that are not compared yet could add at most.
        double bound = 1;
        var row = Weights.Namesakes(levels);
        for (var f = _named; f < _fields.Length; f++)
        {
            if (a[f] == 0 || b[f] == 0) most[f] = 1;
            else if (a[f] == b[f]) most[f] = Math.Max(1, _mostEqual[f][row] * Rare(_fields[f], a[f]));
            else most[f] = _mostElse[f][row];
            bound *= most[f];
        }
        var ratios = new Ratios { Own = 1, Place = 1, Shared = 1, SharedNear = 1 };
        for (var f = 0; f < _named; f++) if (levels[f] != Levels.Missing) Multiply(ref ratios, f, a[f], levels);
        for (var f = _named; f < _fields.Length; f++)
        {
            if ((_sameHere * Math.Max(1, ratios.Place) + _sameMoved) * ratios.Own * ratios.Shared * bound < least) return 0;
            bound /= most[f];
            levels[f] = (byte)Levels.Of(_fields[f], a[f], b[f]);
            if (levels[f] != Levels.Missing) Multiply(ref ratios, f, a[f], levels);
        }
        return Odds(in ratios);
    }

    /// <summary>The weight and the evidence of a pair.</summary>
    public (double Weight, double Evidence) Judge(int left, int right)
    {
        Span<byte> levels = stackalloc byte[FieldMaker.Most];
        Compare(left, right, levels);
        var ratios = Weigh(left, right, levels);
        return (Math.Log2(Odds(in ratios)), Evidence(in ratios));
    }

    /// <summary>How much rarer a value is than the values that two records usually agree on.</summary>
    public static double Rare(Field field, int value) => field.Parent >= 0 ? 1 : field.Rarity[value];

    private bool IsAlike(int field, int left, int right) => left != 0 && right != 0 && Levels.Of(_fields[field], left, right) <= 3;

    private static double[][] Ratio(double[][] some, double[][] apart)
    {
        var ratios = new double[some.Length][];
        for (var f = 0; f < some.Length; f++)
        {
            ratios[f] = new double[some[f].Length];
            for (var i = 0; i < ratios[f].Length; i++) ratios[f][i] = apart[f][i] > 0 ? some[f][i] / apart[f][i] : 1;
        }
        return ratios;
    }
}
