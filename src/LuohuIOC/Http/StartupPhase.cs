namespace LuohuIOC.Http;

/// <summary>
/// Until the host has started, the framework's own reports of a failed start are kept out of the log: <see cref="StartupErrors"/> says the
/// same in one line, and a stack trace above it would only hide it.
/// </summary>
internal sealed class StartupPhase
{
    private bool _isOver;

    public static void Quieten(WebApplicationBuilder builder)
    {
        var phase = new StartupPhase();
        builder.Services.AddSingleton(phase);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", level => Volatile.Read(ref phase._isOver) && level >= LogLevel.Information);
        builder.Logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", level => Volatile.Read(ref phase._isOver) && level >= LogLevel.Warning);
    }

    public void EndWith(IHostApplicationLifetime lifetime) => lifetime.ApplicationStarted.Register(() => Volatile.Write(ref _isOver, true));
}
