namespace Kendt.Studio.Parts;

/// <summary>What a page knows of its data: loading, there, missing, or failed in plain words.</summary>
/// <param name="Value">The last that was read; it stays while newer is fetched.</param>
/// <param name="Fault">Why it could not be read; null if it could.</param>
public sealed record Reading<T>(T? Value, Fault? Fault, bool Busy) where T : class
{
    /// <summary>Nothing yet.</summary>
    public static Reading<T> Begun { get; } = new(null, null, Busy: true);
}

/// <summary>A failure as a person is told of it.</summary>
/// <param name="Message">What to do; null for a failure that only the log explains.</param>
/// <param name="Correlation">Finds the failure in the log.</param>
public sealed record Fault(string? Message, string Correlation);
