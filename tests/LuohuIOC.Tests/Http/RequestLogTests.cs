using System.Security.Claims;
using LuohuIOC.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Xunit;

namespace LuohuIOC.Tests.Http;

public sealed class RequestLogTests
{
    private readonly FakeClock _clock = new();
    private readonly Lines _lines = new();
    private readonly RequestLog _log;
    private int _status = 401;

    public RequestLogTests() => _log = new RequestLog(
        context =>
        {
            context.Response.StatusCode = _status;
            return Task.CompletedTask;
        },
        _clock, _lines);

    [Fact]
    public async Task Strangers_do_not_fill_the_disk()
    {
        for (var i = 0; i < LogBudget.StrangersMax + 50; i++) await AskAsync("/api/v1/x", null);
        Assert.Equal(LogBudget.StrangersMax, _lines.Count);

        // Whoever is known is told of all the same, and so is a fault of this side.
        await AskAsync("/api/v1/x", "officer");
        _status = 500;
        await AskAsync("/api/v1/x", null);
        Assert.Equal(LogBudget.StrangersMax + 2, _lines.Count);

        _status = 404;
        _clock.Advance(TimeSpan.FromMinutes(1));
        await AskAsync("/api/v1/x", null);
        Assert.StartsWith("50 more", _lines[^2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_stands_in_the_log_by_its_beginning()
    {
        await AskAsync("/" + new string('x', 8_000), null);
        Assert.InRange(_lines[0].Length, RequestLog.PathLengthMax, RequestLog.PathLengthMax + 100);
    }

    private Task AskAsync(string path, string? holder)
    {
        var context = new DefaultHttpContext();
        (context.Request.Method, context.Request.Path) = ("GET", path);
        if (holder is not null) context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, holder)], "test"));
        return _log.InvokeAsync(context);
    }

    private sealed class Lines : List<string>, ILogger<RequestLog>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Add(formatter(state, exception));
    }
}
