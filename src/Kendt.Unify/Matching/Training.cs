using System.Numerics;
using Kendt.Maths;
using Kendt.Unify.Matching.Blocking;

namespace Kendt.Unify.Matching;

/// <summary>
/// Learns the weights without labels. What strangers have in common is counted in pairs drawn at random (exactly, for equal values); what one
/// person's records have in common is learnt by expectation and maximisation over pairs of the blocks. Everything follows from the seed.
/// </summary>
internal sealed class Training
{
    private const int RandomPairs = 400_000, BlockedPairs = 250_000, Rounds = 25, RoundsWithAnswers = 15;

    // So many of the levels that answers moved are told.
    private const int Told = 8;

    // Counts that are believed before any pair is seen: they keep levels that nobody has from being worth everything.
    private const double Believed = 4;

    /// <summary>How much what is expected counts beside what is seen.</summary>
    public const double BelievedShare = 0.2;

    // Learning may not turn the meaning of a level round: that a different house number is usual at one address, say.
    private const double Furthest = 3;

    private readonly RecordSet _records;
    private readonly Field[] _fields;
    private readonly Weights _weights;
    private readonly double _allPairs;
    private readonly int[] _followers;
    private readonly bool _persons;
    // The tables of strangers as counted, and for each of their rows the share of all pairs that it is about.
    private readonly List<double[]> _apart = [], _rows = [];

    // The sample of blocked pairs: levels, and how rare what they agree on is (own, place, shared).
    private byte[] _levels = [];
    private Vector3[] _rare = [];
    private int _count;
    private double _share;
    private Answers? _answers;

    private Training(RecordSet records)
    {
        _records = records;
        _fields = records.Fields;
        _weights = new(_fields);
        _allPairs = (double)records.Count * (records.Count - 1) / 2;
        _persons = _fields.Any(f => f.Comparison is Comparison.Name);
        _followers = [.. Enumerable.Range(0, _fields.Length).Where(f => _fields[f].FollowsNames)];
    }

    /// <param name="answered">Pairs of records, and whether they are one.</param>
    public static (Weights Weights, Calibration? Calibration) Learn(RecordSet records, Blocks blocks, IReadOnlyList<(int Left, int Right, bool IsSame)> answered, ulong seed, CancellationToken cancel)
    {
        var training = new Training(records);
        training.Begin();
        training.CountStrangers(new Chance(seed));
        training.Sample(blocks, seed);
        for (var round = 0; round < Rounds; round++)
        {
            cancel.ThrowIfCancellationRequested();
            training.Improve(round);
        }
        return (training._weights, answered.Count == 0 ? null : training.Calibrate(answered, cancel));
    }

    // First without the answers, so that what they move can be told.
    private Calibration Calibrate(IReadOnlyList<(int Left, int Right, bool IsSame)> answered, CancellationToken cancel)
    {
        var before = Explaining.Learnt(_records, new(_records, _weights));
        var scorer = new Scorer(_records, _weights);
        _answers = new();
        Span<byte> levels = stackalloc byte[FieldMaker.Most];
        foreach (var (left, right, isSame) in answered)
        {
            scorer.Compare(Math.Min(left, right), Math.Max(left, right), levels);
            _answers.Add(levels[.._fields.Length], isSame);
        }
        for (var round = 0; round < RoundsWithAnswers; round++)
        {
            cancel.ThrowIfCancellationRequested();
            scorer = new(_records, _weights);
            _answers.Begin([.. answered.Select(a => (1 / (1 + Math.Pow(2, -scorer.Judge(Math.Min(a.Left, a.Right), Math.Max(a.Left, a.Right)).Weight)), a.IsSame))]);
            Improve(Rounds + round);
        }
        var after = Explaining.Learnt(_records, new(_records, _weights));
        var moved = before.Zip(after).SelectMany(f => f.First.Levels.Zip(f.Second.Levels).Select(l => new MovedLevel(f.First.Field, l.First.Level, Math.Round(l.First.Bits, 2), Math.Round(l.Second.Bits, 2))));
        return new(_answers.Same, _answers.Different, [.. moved.Where(m => Math.Abs(m.After - m.Before) >= 0.05).OrderByDescending(m => Math.Abs(m.After - m.Before)).Take(Told)]);
    }

    private void Begin()
    {
        for (var f = 0; f < _fields.Length; f++)
        {
            for (var i = 0; i < _weights.Same[f].Length; i++)
            {
                var level = i % Levels.Most;
                if (level == 0 || level >= Levels.Count(_fields[f].Comparison)) continue;
                _weights.Same[f][i] = Expectation.Of(_fields[f])[level - 1];
                _weights.Near[f][i] = Expectation.Near(_fields[f])[level - 1];
            }
        }
        var hasPlace = _fields.Any(f => f.Role is Role.Place);
        var matches = Math.Min(0.5, 0.5 * _records.Count / _allPairs);
        (_weights.SameHere, _weights.SameMoved, _weights.NearHere) = hasPlace ? (0.7 * matches, 0.3 * matches, 0.5 * matches) : (0, matches, 0);
    }

    private void CountStrangers(Chance chance)
    {
        var scorer = new Scorer(_records, _weights);
        var counts = _fields.Select((_, f) => new double[_weights.Apart[f].Length]).ToArray();
        var n = _records.Count;
        var all = _allPairs <= RandomPairs;
        var pairs = new (int, int)[(int)Math.Min(_allPairs, RandomPairs)];
        var next = 0;
        for (var i = 0; all && i < n; i++) for (var j = i + 1; j < n; j++) pairs[next++] = (i, j);
        while (next < pairs.Length)
        {
            var (i, j) = (chance.Below(n), chance.Below(n));
            if (i != j) pairs[next++] = (Math.Min(i, j), Math.Max(i, j));
        }
        Parallel.For(0, 8, part =>
        {
            Span<byte> levels = stackalloc byte[FieldMaker.Most];
            var mine = counts.Select(c => new double[c.Length]).ToArray();
            for (var p = part; p < pairs.Length; p += 8)
            {
                scorer.Compare(pairs[p].Item1, pairs[p].Item2, levels);
                for (var f = 0; f < _fields.Length; f++) mine[f][_weights.Row(f, levels) + levels[f]]++;
            }
            lock (counts) for (var f = 0; f < counts.Length; f++) for (var i = 0; i < counts[f].Length; i++) counts[f][i] += mine[f][i];
        });
        for (var f = 0; f < _fields.Length; f++)
        {
            var chances = new double[counts[f].Length];
            var shares = new double[counts[f].Length / Levels.Most];
            for (var i = 0; i < counts[f].Length; i++) if (i % Levels.Most != Levels.Missing) shares[i / Levels.Most] += counts[f][i] / pairs.Length;
            _rows.Add(shares);
            if (_fields[f].FollowsNames)
            {
                for (var i = Levels.Most; i < counts[f].Length; i++) counts[f][i % Levels.Most] += counts[f][i];
                for (var i = Levels.Most; i < counts[f].Length; i++) counts[f][i] = counts[f][i % Levels.Most];
            }
            for (var row = 0; row < chances.Length; row += Levels.Most) Strangers(_fields[f], counts[f].AsSpan(row, Levels.Most), chances.AsSpan(row, Levels.Most));
            _apart.Add(chances);
            chances.CopyTo(_weights.Apart[f], 0);
        }
    }

    private static void Strangers(Field field, ReadOnlySpan<double> counts, Span<double> chances)
    {
        var levels = Levels.Count(field.Comparison);
        double total = 0;
        for (var level = 1; level < levels; level++) total += counts[level];
        // Half a pair for each level that no pair had.
        for (var level = 1; level < levels; level++) chances[level] = (counts[level] + (level == levels - 1 ? 1 : 0.5)) / (total + 0.5 * levels);
        if (field.Parent >= 0) return;
        // Where all have one value, another may still come.
        var equal = Math.Min(field.Coincidence, 0.999);
        var rest = (1 - equal) / (1 - chances[1]);
        for (var level = 2; level < levels; level++) chances[level] *= rest;
        chances[1] = equal;
    }

    private void Sample(Blocks blocks, ulong seed)
    {
        var candidates = new Candidates(_records, blocks);
        // How many pairs a record has is looked up in some, then so many records are taken.
        var (looked, seen) = (0, 0L);
        for (var record = 0; record < _records.Count; record += Math.Max(1, _records.Count / 500), looked++) seen += candidates.Of(record).Length;
        var pairs = Math.Max(1.0, (double)seen / looked) * _records.Count;
        var share = Math.Min(1, BlockedPairs / pairs);
        candidates = new Candidates(_records, blocks);
        var scorer = new Scorer(_records, _weights);
        var width = _fields.Length;
        var (levels, rare) = (new List<byte>(), new List<Vector3>());
        Span<byte> one = stackalloc byte[FieldMaker.Most];
        for (var record = 0; record < _records.Count; record++)
        {
            if (Hash.Mix(seed, (ulong)record) >= share * ulong.MaxValue) continue;
            var a = _records[record];
            foreach (var other in candidates.Of(record))
            {
                scorer.Compare(record, other, one);
                var worth = Vector3.One;
                for (var f = 0; f < width; f++)
                {
                    levels.Add(one[f]);
                    if (one[f] == Levels.Equal) worth[(int)_fields[f].Role] *= (float)Scorer.Rare(_fields[f], a[f]);
                }
                rare.Add(worth);
            }
        }
        (_levels, _rare, _count, _share) = ([.. levels], [.. rare], rare.Count, share);
    }

    private void Improve(int round)
    {
        var parts = new TrainingSums[8];
        Parallel.For(0, parts.Length, part => parts[part] = Expect(part, parts.Length));
        var sums = parts[0];
        for (var part = 1; part < parts.Length; part++) sums.Add(parts[part]);
        for (var f = 0; f < _fields.Length; f++)
        {
            var levels = Levels.Count(_fields[f].Comparison);
            for (var row = 0; row < sums.Same[f].Length; row += Levels.Most)
            {
                Settle(sums.Same[f].AsSpan(row, Levels.Most), Expectation.Of(_fields[f]), _weights.Same[f].AsSpan(row, Levels.Most), levels);
                Settle(sums.Near[f].AsSpan(row, Levels.Most), Expectation.Near(_fields[f]), _weights.Near[f].AsSpan(row, Levels.Most), levels);
                if (_fields[f].FollowsNames && row > 0) Namesakes(f, row, levels, sums);
                else if (round >= 3) Clean(f, row, levels, sums);
            }
        }
        var all = _allPairs * _share;
        // Fewer than one pair in ten records would be no duplicates worth a search; the floor keeps small files from losing all.
        var least = 0.01 * _records.Count / _allPairs;
        if (_weights.SameHere > 0) _weights.SameHere = Math.Max(least, sums.SameHere / all);
        // Most of what is known of one customer was said from one place; a company elsewhere is rather another branch.
        _weights.SameMoved = _weights.SameHere > 0 ? Math.Clamp(sums.SameMoved / all, 0.1 * least, (_persons ? 0.5 : 0.1) * _weights.SameHere) : Math.Max(least, sums.SameMoved / all);
        if (_weights.NearHere > 0) _weights.NearHere = Math.Max(least, sums.NearHere / all);
    }

    private TrainingSums Expect(int part, int parts)
    {
        var sums = new TrainingSums(_weights);
        var scorer = new Scorer(_records, _weights);
        var width = _fields.Length;
        for (var p = part; p < _count; p += parts)
        {
            var levels = _levels.AsSpan(p * width, width);
            var r = scorer.Weigh(levels, _rare[p]);
            var here = _weights.SameHere * r.Own * r.Place * r.Shared;
            var moved = _weights.SameMoved * r.Own * r.Shared;
            var near = _weights.NearHere * r.Place * r.SharedNear;
            var all = 1 + here + moved + near;
            (here, moved, near) = (here / all, moved / all, near / all);
            if (_answers is not null && here + moved is > 1e-9 and < 1 - 1e-9 and var one && _answers.Of(levels, one) is var said && said != one)
                (here, moved, near) = (here * said / one, moved * said / one, near * (1 - said) / (1 - one));
            foreach (var f in _followers)
            {
                if (levels[f] != Levels.Missing) sums.Apart[f][_weights.Row(f, levels) + levels[f]] += 1 - here - moved - near;
            }
            if (here + moved + near < 1e-4) continue;
            sums.SameHere += here;
            sums.SameMoved += moved;
            sums.NearHere += near;
            for (var f = 0; f < width; f++)
            {
                if (levels[f] == Levels.Missing) continue;
                var at = _weights.Row(f, levels) + levels[f];
                sums.Same[f][at] += _fields[f].Role is Role.Place ? here + near : here + moved;
                sums.Near[f][at] += near;
            }
        }
        return sums;
    }

    private static void Settle(ReadOnlySpan<double> seen, double[] expected, Span<double> chances, int levels)
    {
        double total = 0;
        for (var level = 1; level < levels; level++) total += seen[level];
        var believed = Math.Max(Believed, BelievedShare * total);
        double rest = 1;
        for (var level = levels - 1; level > 0; level--)
        {
            chances[level] = (seen[level] + believed * expected[level - 1]) / (total + believed);
            if (level == 1) chances[level] = rest;
            else rest -= chances[level] = Math.Min(chances[level], Furthest * expected[level - 1]);
        }
    }

    // Pairs drawn at random, and equal values counted exactly, have one person's records among them: these are taken out of what strangers share.
    private void Clean(int f, int row, int levels, TrainingSums sums)
    {
        var field = _fields[f];
        var both = Math.Max(_rows[f][row / Levels.Most], 0.5 / _allPairs);
        for (var level = 1; level < levels; level++)
        {
            var known = sums.Same[f][row + level] + (field.Role is Role.Shared ? sums.Near[f][row + level] : 0);
            var strangers = _apart[f][row + level] * _allPairs * _share * both;
            _weights.Apart[f][row + level] = _apart[f][row + level] * Math.Max(0.1, (strangers - known) / strangers);
        }
    }

    // E-mail addresses are made of names, so namesakes have them alike. Two drawn at random are hardly ever namesakes; pairs of the blocks are.
    private void Namesakes(int f, int row, int levels, TrainingSums sums)
    {
        var seen = sums.Apart[f].AsSpan(row, Levels.Most);
        var chances = _weights.Apart[f].AsSpan(row, Levels.Most);
        var usual = _apart[f];
        double total = 0;
        for (var level = 1; level < levels; level++) total += seen[level];
        for (var level = 1; level < levels; level++) chances[level] = Math.Max(usual[level], (seen[level] + Believed * usual[level]) / (total + Believed));
    }
}
