namespace LuohuIOC.DeviceProtocol.Sl651;

/// <summary>Function codes of SL 651-2014, table B.1, as far as this product names them.</summary>
public static class Sl651Function
{
    /// <summary>2F, keeps the line open; the centre does not answer.</summary>
    public const byte Heartbeat = 0x2F;

    public const byte Test = 0x30;

    /// <summary>31, values at equal steps.</summary>
    public const byte Uniform = 0x31;

    public const byte Timed = 0x32;

    /// <summary>33, sent because a threshold was passed.</summary>
    public const byte Threshold = 0x33;

    public const byte Hourly = 0x34;

    public const byte Manual = 0x35;

    public const byte Picture = 0x36;

    public const byte QueryNow = 0x37;

    public const byte QueryPeriod = 0x38;

    public const byte QueryManual = 0x39;

    public const byte QueryElement = 0x3A;

    /// <summary>44, pump motors: elements as in 32.</summary>
    public const byte QueryPump = 0x44;

    public const byte QueryVersion = 0x45;

    public const byte QueryState = 0x46;

    public const byte SetClock = 0x4A;

    public const byte EventLog = 0x50;

    public const byte QueryClock = 0x51;

    /// <summary>What the body of a frame with this function holds.</summary>
    public static Sl651BodyKind BodyOf(byte function) => function switch
    {
        Heartbeat => Sl651BodyKind.Heading,
        Test or Uniform or Timed or Threshold or Hourly or QueryNow or QueryPeriod or QueryElement or QueryPump or QueryState => Sl651BodyKind.Elements,
        Manual or Picture or QueryManual => Sl651BodyKind.ManualOrPicture,
        _ => Sl651BodyKind.Configuration,
    };
}

/// <summary>What follows serial and send time in a body.</summary>
public enum Sl651BodyKind : byte
{
    /// <summary>Nothing: heartbeats and acknowledgements.</summary>
    Heading,

    Elements,

    /// <summary>Text set by hand (F2F2) or a picture (F3F3), perhaps behind a station and a time.</summary>
    ManualOrPicture,

    /// <summary>Identifiers of appendix D, which are not elements.</summary>
    Configuration,
}

/// <summary>Control characters of SL 651-2014, table 1.</summary>
public static class Sl651Mark
{
    public const byte AsciiStart = 0x01;
    public const byte Stx = 0x02;
    public const byte Etx = 0x03;
    public const byte Eot = 0x04;
    public const byte Enq = 0x05;
    public const byte Ack = 0x06;
    public const byte Nak = 0x15;
    public const byte Syn = 0x16;
    public const byte Etb = 0x17;
    public const byte Esc = 0x1B;
    public const byte HexStart = 0x7E;

    /// <summary><c>ETX</c> and so on; null for what ends no frame.</summary>
    public static string? NameOfEnd(byte mark) => mark switch
    {
        Etx => "ETX",
        Etb => "ETB",
        Enq => "ENQ",
        Ack => "ACK",
        Nak => "NAK",
        Eot => "EOT",
        Esc => "ESC",
        _ => null,
    };
}
