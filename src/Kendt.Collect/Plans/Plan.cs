namespace Kendt.Collect;

/// <summary>What happens to a message that its plan does not allow.</summary>
public enum PlanMode
{
    /// <summary>It is taken as it is, and counted.</summary>
    Observe,

    /// <summary>It is taken, counted, and says in its context what is wrong with it.</summary>
    Warn,

    /// <summary>It is not taken: it is a dead letter with the violation, to be mended and replayed.</summary>
    Block,
}

/// <summary>What happens to an event that the plan does not name.</summary>
public enum Unplanned { Allow, Warn, Block }

/// <summary>What happens to a property that the plan does not name.</summary>
public enum Unknown { Keep, Drop }

/// <summary>A tracking plan: what the messages of some sources look like. Made by <see cref="PlanFile.Parse"/>.</summary>
public sealed record Plan
{
    public required string Name { get; init; }
    /// <summary>The sources that it is for; a source has one plan at most.</summary>
    public required IReadOnlyList<string> Sources { get; init; }
    public PlanMode Mode { get; init; }
    public Unplanned Unplanned { get; init; }
    public Unknown Unknown { get; init; }
    /// <summary>Schema of the properties, by the name of the event of a track.</summary>
    public IReadOnlyDictionary<string, Schema> Events { get; init; } = new Dictionary<string, Schema>();
    /// <summary>Schema of the traits of an identify or group, or of the properties of a page or screen, by the word of the type.</summary>
    public IReadOnlyDictionary<string, Schema> Others { get; init; } = new Dictionary<string, Schema>();
    /// <summary>The text that it was made from.</summary>
    public required string Yaml { get; init; }
}
