namespace Kendt.Studio.Texts;

/// <summary>Names the resources in which everything that Studio says is kept, in English and Danish.</summary>
public sealed class Phrases;
