namespace Kendt.Samples;

/// <summary>
/// The size and the time of the demo company. The same (Seed, End, sizes) always gives byte-identical files.
/// </summary>
public sealed record DemoOptions
{
    /// <summary>Where chance begins. Default 7.</summary>
    public int Seed { get; init; } = 7;

    /// <summary>Real people known to the company under any name. Default 20,000.</summary>
    public int People { get; init; } = 20_000;

    /// <summary>Business customers. Default 150.</summary>
    public int Companies { get; init; } = 150;

    /// <summary>Anonymous devices in the bought audience feed. Default 100,000.</summary>
    public int Devices { get; init; } = 100_000;

    /// <summary>The last of the days that are told; the first is 24 months earlier.</summary>
    public required DateOnly End { get; init; }

    /// <summary>Says every fault of the sizes at once.</summary>
    internal static DemoOptions Checked(DemoOptions options)
    {
        List<string> faults = [];
        if (options.People < 50) faults.Add($"People is {options.People}: at least 50.");
        if (options.Companies < 0 || options.Companies > options.People / 10)
            faults.Add($"Companies is {options.Companies}: from 0 to a tenth of the people ({options.People / 10}).");
        if (options.Devices < 0) faults.Add($"Devices is {options.Devices}: 0 or more.");
        if (faults.Count > 0) throw new ArgumentException(string.Join(' ', faults), nameof(options));
        return options;
    }
}

/// <summary>One data file of the demo company.</summary>
/// <param name="Name">The file's name in the folder.</param>
/// <param name="Mapping">The name of its mapping in the folder <c>mappings</c>, or empty for tracking-API messages (NDJSON).</param>
/// <param name="Source">The source that it belongs to, in kebab case.</param>
/// <param name="Rows">Rows of the file (lines of receipts, messages of the tracking API), without the header.</param>
public sealed record DemoFile(string Name, string Mapping, string Source, long Rows);
