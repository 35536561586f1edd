namespace LuohuIOC.Ingestion.Outside;

/// <summary>Where the broker is.</summary>
internal sealed record OutsideAddress(string Host, int Port, bool IsTls)
{
    private const int PlainPort = 1883;
    private const int TlsPort = 8883;

    /// <summary>Null when it is no address of a broker.</summary>
    public static OutsideAddress? Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0 || uri.UserInfo.Length > 0 || uri.AbsolutePath is not ("" or "/")) return null;
        // mqtt://10.1.2.3 >> 10.1.2.3:1883, mqtts://broker.example:8884
        return uri.Scheme switch
        {
            "mqtt" => new OutsideAddress(uri.IdnHost, uri.Port > 0 ? uri.Port : PlainPort, false),
            "mqtts" => new OutsideAddress(uri.IdnHost, uri.Port > 0 ? uri.Port : TlsPort, true),
            _ => null,
        };
    }

    public override string ToString() => $"{(IsTls ? "mqtts" : "mqtt")}://{(Host.Contains(':') ? $"[{Host}]" : Host)}:{Port}";
}
