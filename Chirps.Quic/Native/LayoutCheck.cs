using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Chirps.Quic.Native;

/// <summary>Loads the native libraries and proves that our structs have their layout, before anything else touches them.</summary>
internal static unsafe class LayoutCheck
{
    private const int OldestVersion = 0x010b00;
    private const string OldestVersionText = "1.11.0";
    private const string OldestGnuTls = "3.7.5";
    private const string HowToInstall =
        "Install the packages libngtcp2-16 and libngtcp2-crypto-gnutls8 (version 1.11 or later) with eng/install-native.sh.";

    /// <summary>Loads and checks; cheap enough to call once per process.</summary>
    /// <returns>The versions of the libraries, for logs.</returns>
    /// <exception cref="QuicUnavailableException">A library is missing, too old, or laid out otherwise.</exception>
    public static string Run()
    {
        if (!OperatingSystem.IsLinux() || IntPtr.Size != 8)
        {
            throw new QuicUnavailableException("The ngtcp2 transport needs 64-bit Linux.");
        }

        // The core first: the helper is linked against it and must find the same copy.
        Load(Ngtcp2.Library);
        Load(GnuTls.Library);
        Load(Ngtcp2Crypto.Library);
        var version = CheckVersions();
        CheckSizes();
        CheckDefaults();
        return version;
    }

    private static void Load(string library)
    {
        if (!NativeLibrary.TryLoad(library, out _))
        {
            throw new QuicUnavailableException($"The native library {library} cannot be loaded. {HowToInstall}");
        }
    }

    private static string CheckVersions()
    {
        var info = Ngtcp2.Version(OldestVersion);
        if (info == null)
        {
            var found = Marshal.PtrToStringUTF8((nint)Ngtcp2.Version(0)->VersionText);
            throw new QuicUnavailableException($"ngtcp2 {found} is older than {OldestVersionText}. {HowToInstall}");
        }

        byte* gnutls;
        fixed (byte* required = "3.7.5\0"u8)
        {
            gnutls = GnuTls.CheckVersion(required);
        }

        if (gnutls == null)
        {
            var found = Marshal.PtrToStringUTF8((nint)GnuTls.CheckVersion(null));
            throw new QuicUnavailableException($"GnuTLS {found} is older than {OldestGnuTls}. Upgrade the package libgnutls30.");
        }

        return $"ngtcp2 {Marshal.PtrToStringUTF8((nint)info->VersionText)}, gnutls {Marshal.PtrToStringUTF8((nint)gnutls)}";
    }

    private static void CheckSizes()
    {
        Equal(sizeof(NgCid), 32, "ngtcp2_cid");
        Equal(sizeof(NgVec), 16, "ngtcp2_vec");
        Equal(sizeof(NgPacketInfo), 8, "ngtcp2_pkt_info");
        Equal(sizeof(NgPath), 40, "ngtcp2_path");
        Equal(sizeof(NgPathStorage), 96, "ngtcp2_path_storage");
        Equal(sizeof(NgPacketHeader), 112, "ngtcp2_pkt_hd");
        Equal(sizeof(NgVersionCid), 40, "ngtcp2_version_cid");
        Equal(sizeof(NgSettings), 184, "ngtcp2_settings");
        Equal(sizeof(NgTransportParams), 344, "ngtcp2_transport_params");
        Equal((int)NgCallback.Count, 40, "ngtcp2_callbacks");
        Equal(sizeof(NgCloseError), 40, "ngtcp2_ccerr");
        Equal(sizeof(NgConnectionInfo), 56, "ngtcp2_conn_info");
        Equal(sizeof(NgCryptoRef), 24, "ngtcp2_crypto_conn_ref");
        Equal(sizeof(GnuTlsDatum), 16, "gnutls_datum_t");
        Equal(sizeof(GnuTlsTypedData), 24, "gnutls_typed_vdata_st");
        Equal(sizeof(MessageHeader), 56, "msghdr");
        Equal(sizeof(MultiMessageHeader), 64, "mmsghdr");
        Equal(Stopwatch.Frequency, 1_000_000_000, "the monotonic clock's frequency");
    }

    /// <summary>Known defaults found at their places show that fields in the middle of the structs are where we think.</summary>
    private static void CheckDefaults()
    {
        NgSettings settings;
        Ngtcp2.SettingsDefault(Ngtcp2.SettingsVersion, &settings);
        Equal(settings.CongestionAlgorithm, 1, "ngtcp2_settings.cc_algo");
        Equal((long)settings.MaxTxUdpPayloadSize, 1452, "ngtcp2_settings.max_tx_udp_payload_size");
        Equal((long)settings.AckThreshold, 2, "ngtcp2_settings.ack_thresh");

        NgTransportParams parameters;
        Ngtcp2.TransportParamsDefault(Ngtcp2.ParamsVersion, &parameters);
        Equal((long)parameters.MaxUdpPayloadSize, 65527, "ngtcp2_transport_params.max_udp_payload_size");
        Equal((long)parameters.ActiveConnectionIdLimit, 2, "ngtcp2_transport_params.active_connection_id_limit");
        Equal((long)parameters.AckDelayExponent, 3, "ngtcp2_transport_params.ack_delay_exponent");
        Equal((long)parameters.MaxAckDelay, 25_000_000, "ngtcp2_transport_params.max_ack_delay");
    }

    private static void Equal(long actual, long expected, string what)
    {
        if (actual != expected)
        {
            throw new QuicUnavailableException(
                $"The native layout differs: {what} is {actual}, expected {expected}. This ngtcp2 is not one this build can use. {HowToInstall}");
        }
    }
}
