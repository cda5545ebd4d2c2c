namespace Kendt.Server.Security;

/// <summary>What somebody is told who may not: on the API in words, in the form that its clients read.</summary>
internal static class Refusals
{
    private const string Unknown = "Show a token: as Bearer, or as the user name of Basic. It comes with 'kendt token add NAME --scope ...'.";
    private const string Forbidden = "The token does not have the scope that this needs.";

    /// <summary>401 or 403 as JSON: Segment's form where Segment's API is spoken, else problem details.</summary>
    public static Task WriteAsync(HttpContext context, int status)
    {
        var message = status == StatusCodes.Status401Unauthorized ? Unknown : Forbidden;
        context.Response.StatusCode = status;
        if (!context.Request.Path.StartsWithSegments("/v1/spaces", StringComparison.Ordinal))
            return Results.Problem(message, statusCode: status, extensions: new Dictionary<string, object?> { ["code"] = "authentication_error", ["message"] = message }).ExecuteAsync(context);
        context.Response.Headers["Request-Id"] = context.TraceIdentifier;
        return context.Response.WriteAsJsonAsync(new { error = new { code = "authentication_error", message } }, context.RequestAborted);
    }
}
