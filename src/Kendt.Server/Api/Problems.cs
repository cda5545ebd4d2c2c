using Kendt.Model;
using Kendt.Server.Host;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;

namespace Kendt.Server.Api;

/// <summary>Faults as RFC 9457 problem details: a person's mistake is 400 with what to mend, all else 500 without insides.</summary>
internal sealed partial class Problems(ILogger<Problems> log) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancel)
    {
        if (exception is OperationCanceledException && context.RequestAborted.IsCancellationRequested) return true;
        var (status, title, detail) = exception switch
        {
            BadInputException fault => (400, "What was given cannot be used", fault.Message),
            BadHttpRequestException fault => (fault.StatusCode, "What was given cannot be used", fault.Message),
            CannotException fault => (503, "This cannot be done now", fault.Message),
            IOException fault => (503, "The disk refused", Disk.Explain(fault)),
            _ => (500, "Kendt failed", $"This is a fault of Kendt, not yours. Its log has the details under {context.TraceIdentifier}."),
        };
        if (status >= 500) Failed(log, exception, context.Request.Method, context.Request.Path, context.TraceIdentifier);
        if (context.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase)) return false; // a person gets Studio's page
        context.Response.StatusCode = status;
        if (status == 503) context.Response.Headers.RetryAfter = "5";
        var problem = new ProblemDetails { Status = status, Title = title, Detail = detail, Extensions = { ["code"] = status == 400 ? "invalid_request" : "failed", ["message"] = detail } };
        await context.Response.WriteAsJsonAsync(problem, options: null, "application/problem+json", CancellationToken.None);
        return true;
    }

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed ({Trace})")]
    private static partial void Failed(ILogger log, Exception fault, string method, PathString path, string trace);
}
