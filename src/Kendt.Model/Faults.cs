namespace Kendt.Model;

/// <summary>
/// What a person gave cannot be used as it is. The message says which field, which rule and how to mend it;
/// it is shown as it stands, without a stack trace (exit status 2, HTTP 400).
/// </summary>
public sealed class BadInputException : Exception
{
    public BadInputException(string message) : base(message) { }
    public BadInputException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>The machine does not let Kendt do it (port in use, folder read-only, disk full). The message says what to do.</summary>
public sealed class CannotException : Exception
{
    public CannotException(string message) : base(message) { }
    public CannotException(string message, Exception inner) : base(message, inner) { }
}
