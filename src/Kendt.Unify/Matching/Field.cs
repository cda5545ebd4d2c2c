using System.Runtime.InteropServices;

namespace Kendt.Unify.Matching;

/// <summary>How two values of a field are compared.</summary>
internal enum Comparison
{
    Name,
    Date,
    Postcode,
    Place,
    Street,
    Phone,
    Email,
    Identity,
    Words,
    Same,
}

/// <summary>
/// Whose a field is. What is a person's or company's own tells members of one household or building apart; what belongs to the place they have
/// in common; what is shared may be either (surname, telephone, e-mail).
/// </summary>
internal enum Role
{
    Own,
    Place,
    Shared,
}

/// <summary>One thing that records are compared by: a column, or a part of one.</summary>
internal sealed class Field
{
    // A value that no two rows of a table have may still meet its like in another.
    private const double Least = 1e-9;

    public required string Name { get; init; }

    /// <summary>The column that it was made of.</summary>
    public required string Column { get; init; }

    public required Meaning Meaning { get; init; }

    public required Comparison Comparison { get; init; }

    public required Role Role { get; set; }

    public required FieldValues Values { get; init; }

    /// <summary>For each row the number of its value, 0 if it has none.</summary>
    public required int[] Rows { get; set; }

    /// <summary>The field whose agreement this one's depends on for strangers too (the city on the postcode), or -1.</summary>
    public int Parent { get; set; } = -1;

    /// <summary>Whether it is the name, or a part of it.</summary>
    public bool IsName { get; set; }

    /// <summary>Whether the value often goes with the name (e-mail addresses are made of names, a deli's name says what it sells): strangers of one name have it alike.</summary>
    public bool FollowsNames { get; set; }

    /// <summary>How many rows have a value.</summary>
    public int Filled { get; private set; }

    /// <summary>For each value, how much rarer it is than the values that two rows usually agree on.</summary>
    public float[] Rarity { get; private set; } = [];

    /// <summary>The chance that two rows drawn at random have the same value.</summary>
    public double Coincidence { get; private set; } = Least;

    /// <summary>Takes the chance of coincidence from a model, so that rare values are worth what they were when it was learnt.</summary>
    public void Recount(double coincidence)
    {
        foreach (ref var rarity in Rarity.AsSpan()) rarity *= (float)(coincidence / Coincidence);
        Coincidence = coincidence;
    }

    /// <summary>Takes in values that came later: they are as rare as one that nobody else has.</summary>
    public void Grow()
    {
        var (known, rarity) = (Rarity.Length, Rarity);
        if (known > Values.Count) return;
        Array.Resize(ref rarity, Values.Count + 1);
        rarity.AsSpan(known).Fill((float)(Coincidence * Math.Max(1, Filled - 1)));
        Rarity = rarity;
        Values.Words.Weigh(Values.Count);
    }

    /// <summary>Writes the field without its values.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(Name);
        writer.Write(Column);
        foreach (var number in new[] { (int)Meaning, (int)Comparison, (int)Role, Parent, Filled }) writer.Write(number);
        writer.Write(IsName);
        writer.Write(FollowsNames);
        writer.Write(Coincidence);
        writer.Write(Rarity.Length);
        writer.Write(MemoryMarshal.AsBytes(Rarity.AsSpan()));
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static Field Read(BinaryReader reader, FieldValues values)
    {
        var field = new Field
        {
            Values = values,
            Rows = [],
            Name = reader.ReadString(),
            Column = reader.ReadString(),
            Meaning = (Meaning)reader.ReadInt32(),
            Comparison = (Comparison)reader.ReadInt32(),
            Role = (Role)reader.ReadInt32(),
            Parent = reader.ReadInt32(),
            Filled = reader.ReadInt32(),
            IsName = reader.ReadBoolean(),
            FollowsNames = reader.ReadBoolean(),
            Coincidence = reader.ReadDouble(),
        };
        var rarity = new float[reader.ReadInt32()];
        reader.BaseStream.ReadExactly(MemoryMarshal.AsBytes(rarity.AsSpan()));
        field.Rarity = rarity;
        return field;
    }

    public void Count()
    {
        var counts = new int[Values.Count + 1];
        Filled = 0;
        foreach (var number in Rows)
        {
            counts[number]++;
            if (number != 0) Filled++;
        }
        long pairs = 0;
        foreach (var count in counts.AsSpan(1)) pairs += (long)count * (count - 1);
        Coincidence = Filled < 2 ? Least : Math.Max(Least, pairs / ((double)Filled * (Filled - 1)));
        // Seen from a row that has it, the share of the others that have it too.
        Rarity = new float[counts.Length];
        for (var number = 1; number < counts.Length; number++) Rarity[number] = (float)(Coincidence * Math.Max(1, Filled - 1) / Math.Max(1, counts[number] - 1));
    }
}
