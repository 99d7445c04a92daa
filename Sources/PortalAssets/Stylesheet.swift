/// A neutral look: structure and class names are simple, so that an operator's stylesheet, which is loaded after this one, can put its own in its
/// place. Nothing is said by colour alone, text has a contrast of 4.5:1 at least, nothing is wider than 320 px but what scrolls in itself.
enum Stylesheet {
    static let text = """
        :root {
          --encre: #1c2733; --encre-douce: #4a5866; --fond: #fff; --fond-doux: #f3f5f8; --trait: #c9d1da;
          --principal: #1f3a5f; --principal-vif: #16508f; --accent: #e8eef6;
          --rouge: #a8201a; --rouge-fond: #fdeceb; --orange: #8a4b08; --orange-fond: #fff3e0;
          --vert: #17643a; --vert-fond: #e6f4ec; --bleu: #16508f; --bleu-fond: #e8f1fb; --gris: #46525e; --gris-fond: #eceff2;
        }
        * { box-sizing: border-box; }
        [hidden] { display: none !important; }
        html { font-size: 100%; -webkit-text-size-adjust: 100%; }
        body { margin: 0; font: 1rem/1.55 system-ui, "Segoe UI", Roboto, "DejaVu Sans", Arial, sans-serif; color: var(--encre);
          background: var(--fond); display: flex; flex-direction: column; min-height: 100vh; overflow-wrap: break-word; }
        .large, main { width: 100%; max-width: 76rem; margin: 0 auto; padding: 0 1rem; }
        main { flex: 1; padding-top: 1.75rem; padding-bottom: 3rem; }
        main:focus { outline: none; }
        .etroit { max-width: 34rem; }
        a { color: var(--principal-vif); text-underline-offset: .15em; }
        a:hover { text-decoration-thickness: .12em; }
        :focus-visible { outline: 3px solid #0a76f6; outline-offset: 2px; }
        h1, h2, h3 { line-height: 1.25; color: var(--principal); overflow-wrap: anywhere; }
        h1 { font-size: 1.75rem; margin: 0 0 1.25rem; }
        h2 { font-size: 1.3rem; margin: 2rem 0 .75rem; }
        h3 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; }
        p, ul, dl { margin: 0 0 1rem; }
        ul { padding-left: 1.4rem; }
        code { font-family: ui-monospace, "DejaVu Sans Mono", Consolas, monospace; font-size: .92em; background: var(--fond-doux);
          padding: .05em .3em; border-radius: 3px; overflow-wrap: anywhere; }
        pre { background: var(--fond-doux); padding: .75rem 1rem; border-radius: 4px; }
        .defile pre { width: max-content; min-width: 100%; margin: 0; }
        pre code { background: none; padding: 0; overflow-wrap: normal; }
        .invisible { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
        .evitement { position: absolute; left: -999em; top: 0; z-index: 2; padding: .6rem 1rem; background: #fff; color: var(--principal); }
        .evitement:focus { left: .5rem; top: .5rem; }
        .aide { color: var(--encre-douce); font-size: .95rem; }
        .fichier { overflow-wrap: anywhere; }

        .entete { background: var(--principal); color: #fff; }
        .entete .large { display: flex; flex-wrap: wrap; gap: .5rem 2rem; align-items: center; justify-content: space-between;
          padding-top: .9rem; padding-bottom: .9rem; }
        .entete p { margin: 0; }
        .service a { display: block; color: #fff; font-size: 1.35rem; font-weight: 700; letter-spacing: .02em; text-decoration: none; }
        .service a:hover { text-decoration: underline; }
        .service span { font-size: .9rem; color: #d8e2ee; }
        .personne { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
        .personne p { overflow-wrap: anywhere; }
        .personne form { margin: 0; }
        .menu { background: var(--fond); border-bottom: 1px solid var(--trait); }
        .menu ul { list-style: none; display: flex; flex-wrap: wrap; margin: 0 auto; }
        .menu a { display: block; padding: .75rem .9rem; color: var(--encre); text-decoration: none; border-bottom: 3px solid transparent; }
        .menu li:first-child a { margin-left: -.9rem; }
        .menu a:hover { background: var(--fond-doux); }
        .menu a[aria-current] { color: var(--principal-vif); border-bottom-color: var(--principal-vif); font-weight: 600; }
        footer { background: var(--fond-doux); border-top: 1px solid var(--trait); padding: 1.25rem 0; font-size: .92rem; }
        footer p { margin-bottom: .5rem; }
        footer ul { list-style: none; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: .35rem 1.5rem; }
        footer a { color: var(--encre); }

        button, .bouton { display: inline-block; font: inherit; font-weight: 600; line-height: 1.4; padding: .55rem 1.1rem; border: 1px solid var(--principal);
          border-radius: 4px; background: var(--principal); color: #fff; text-decoration: none; cursor: pointer; }
        button:hover, .bouton:hover { background: var(--principal-vif); border-color: var(--principal-vif); }
        .secondaire { background: var(--fond); color: var(--principal); }
        .secondaire:hover { background: var(--accent); color: var(--principal); border-color: var(--principal); }
        .petit { padding: .2rem .65rem; font-size: .92rem; font-weight: 500; }
        .discret { background: transparent; border-color: #9db4d0; padding: .3rem .8rem; font-weight: 500; }
        button[disabled] { opacity: .55; cursor: default; }
        .actions { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: center; margin: 1.5rem 0; }

        label { font-weight: 600; }
        input:not([type]), input[type=text], input[type=email], input[type=password], input[type=search], input[type=date], input[type=tel], select, textarea {
          display: block; width: 100%; max-width: 28rem; margin-top: .3rem; padding: .5rem .7rem; font: inherit; color: inherit; background: #fff;
          border: 1px solid #75828f; border-radius: 4px; }
        select { padding-right: 1.5rem; text-overflow: ellipsis; }
        input[type=file] { display: block; max-width: 100%; font: inherit; margin: .5rem 0; }
        input[type=checkbox], input[type=radio] { width: 1.15rem; height: 1.15rem; vertical-align: -.15rem; }
        fieldset { border: 0; margin: 0 0 1rem; padding: 0; min-width: 0; }
        legend { padding: 0; font-weight: 600; }
        .groupe > legend { font-size: 1.3rem; color: var(--principal); margin: 1rem 0 .75rem; }
        .champ { margin: 0 0 1rem; }
        .filtre { display: flex; flex-wrap: wrap; gap: .75rem 1.25rem; align-items: end; margin-bottom: 1.25rem; }
        .filtre p { margin: 0; min-width: 12rem; max-width: 100%; }
        .zone { border: 2px dashed #75828f; border-radius: 6px; background: var(--fond-doux); padding: 1.25rem; margin: 1rem 0; max-width: 48rem; }
        .zone.dessus { border-color: var(--principal-vif); background: var(--bleu-fond); }
        .zone p:last-child { margin: 0; }
        #choix { font-weight: 600; overflow-wrap: anywhere; }
        #choix.mauvais, .manque { color: var(--rouge); }
        .manque { display: block; margin-top: .25rem; font-weight: 600; overflow-wrap: anywhere; }
        [aria-invalid=true] { border-color: var(--rouge) !important; }
        #envoi { border-left: 4px solid var(--bleu); background: var(--bleu-fond); padding: .9rem 1.1rem; max-width: 48rem; }
        progress { width: 100%; max-width: 28rem; height: 1rem; vertical-align: middle; accent-color: var(--principal-vif); }
        #criteres { background: var(--fond-doux); padding: .9rem 1.1rem; border-radius: 4px; max-width: 28rem; }
        #criteres p { margin: 0; }
        #criteres .oui { color: var(--vert); }

        .avis { border-left: 4px solid var(--bleu); background: var(--bleu-fond); padding: .8rem 1.1rem; margin: 0 0 1rem; max-width: 60rem; }
        .avis ul { margin: .5rem 0 0; }
        .avis p { margin: 0; overflow-wrap: anywhere; }
        .avis.erreur { border-color: var(--rouge); background: var(--rouge-fond); }
        .avis.erreur strong { color: var(--rouge); }
        .avis.attention { border-color: var(--orange); background: var(--orange-fond); }
        .avis.attention strong { color: var(--orange); }
        .avis.succes { border-color: var(--vert); background: var(--vert-fond); }
        .avis.succes strong { color: var(--vert); }
        #session p:empty { margin: 0; }
        #session p:not(:empty) { margin: 1rem 0 .5rem; font-weight: 600; color: var(--orange); }

        .etat, .gravite { display: inline-block; padding: .1rem .6rem; border-radius: .8rem; font-size: .92rem; font-weight: 600; line-height: 1.5;
          background: var(--gris-fond); color: var(--gris); }
        .etat { position: relative; padding-left: 1.75em; }
        .etat::before { content: ""; position: absolute; left: .65em; top: .55em; width: .65em; height: .65em; border-radius: 50%; background: currentColor; }
        .etat.enCours { background: var(--bleu-fond); color: var(--bleu); }
        .etat.succes, .etat.succesAvecAlertes { background: var(--vert-fond); color: var(--vert); }
        .etat.succesPartiel, .etat.succesPartielAvecAlertes, .gravite.ligne { background: var(--orange-fond); color: var(--orange); }
        .etat.echec, .etat.nonDepose, .gravite.fichier { background: var(--rouge-fond); color: var(--rouge); }
        .gravite.alerte { background: var(--bleu-fond); color: var(--bleu); }
        .gravite { border-radius: 3px; }

        .jour { border: 1px solid var(--trait); border-left: 6px solid var(--gris); border-radius: 6px; padding: 1rem 1.25rem; margin-bottom: 1rem; max-width: 60rem; }
        .jour h2 { margin: 0 0 .5rem; font-size: 1.15rem; }
        .jour p { margin-bottom: .5rem; }
        .jour > p:last-child, .jour .avis p { margin-bottom: 0; }
        .periode { color: var(--encre-douce); margin-left: .5rem; }
        .bord-enCours { border-left-color: var(--bleu); }
        .bord-succes, .bord-succesAvecAlertes { border-left-color: var(--vert); }
        .bord-succesPartiel, .bord-succesPartielAvecAlertes { border-left-color: var(--orange); }
        .bord-echec, .bord-nonDepose { border-left-color: var(--rouge); }

        .defile { position: relative; overflow-x: auto; max-width: 100%; margin-bottom: 1rem; }
        table { border-collapse: collapse; width: 100%; font-size: .95rem; }
        caption { text-align: left; color: var(--encre-douce); padding-bottom: .4rem; }
        th, td { text-align: left; vertical-align: top; padding: .5rem .7rem; border-bottom: 1px solid var(--trait); }
        thead th { background: var(--fond-doux); border-bottom: 2px solid var(--trait); white-space: nowrap; }
        tbody th { font-weight: 600; min-width: 8rem; }
        td .fichier { display: inline-block; min-width: 8rem; }
        .gravite { white-space: nowrap; }
        .nombre { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
        .quand { white-space: nowrap; }
        .synthese th, .synthese td { overflow-wrap: anywhere; }
        .synthese tbody th { min-width: 12rem; }
        .synthese td:nth-child(2) { min-width: 9rem; }
        .synthese td:last-child { min-width: 15rem; }
        .agent { min-width: 14rem; font-size: .9rem; color: var(--encre-douce); overflow-wrap: anywhere; }

        .retour { margin-bottom: .5rem; }
        .retour a::before { content: "← "; }
        .titre { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; align-items: baseline; }
        .titre h1 { margin-bottom: .5rem; }
        .faits { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: .5rem 2rem; max-width: 64rem; }
        .faits dt { color: var(--encre-douce); font-size: .9rem; }
        .faits dd { margin: 0; overflow-wrap: anywhere; }
        .onglets { border-bottom: 1px solid var(--trait); margin: 1.5rem 0 1rem; }
        .onglets ul, .pages ul { list-style: none; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: 0 .25rem; }
        .onglets a { display: block; padding: .6rem 1rem; text-decoration: none; border: 1px solid transparent; border-bottom: 0; border-radius: 4px 4px 0 0; }
        .onglets a[aria-current] { border-color: var(--trait); background: var(--accent); font-weight: 600; color: var(--principal); }
        .comptes { columns: 2 20rem; }
        .constat { border: 1px solid var(--trait); border-radius: 4px; margin-bottom: .6rem; padding: .55rem 1rem; scroll-margin-top: 1rem; }
        .constat:target { border-color: var(--principal-vif); box-shadow: 0 0 0 2px var(--principal-vif); }
        .constat h3 { margin: 0 0 .4rem; }
        .constat ul { margin: .5rem 0 0; padding-left: 1.1rem; }
        .constat li { margin-bottom: .5rem; overflow-wrap: anywhere; }
        .constat li p { margin: 0 0 .25rem; }
        summary { cursor: pointer; font-weight: 600; color: var(--principal); overflow-wrap: anywhere; }
        .identite { font-weight: 400; color: var(--encre-douce); margin-left: .4rem; }
        .compte { font-weight: 400; font-size: 1rem; color: var(--encre-douce); margin-left: .5rem; }
        .pages { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: center; margin: 1.25rem 0; }
        .pages a[aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
        .pages p { margin: 0; }
        .pages li { margin-right: .75rem; }
        details { margin-bottom: .75rem; }
        figure { margin: 0 0 1rem; max-width: 48rem; }
        figcaption { color: var(--encre-douce); font-size: .92rem; }
        .courbe { width: 100%; height: auto; background: var(--fond-doux); border-radius: 4px; }
        .courbe polyline { fill: none; stroke: var(--principal-vif); stroke-width: 2; }
        .courbe circle { fill: var(--principal-vif); }
        .courbe .axe { stroke: var(--trait); }

        @media (min-width: 48rem) {
          .nouveau { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 2rem; }
          .etroit { margin: 0 auto; }
        }
        @media (max-width: 30rem) {
          h1 { font-size: 1.4rem; }
          .menu ul { flex-direction: column; }
          .menu a, .menu li:first-child a { padding: .5rem 0 .5rem .6rem; margin: 0; border-bottom: 0; border-left: 3px solid transparent; }
          .menu a[aria-current] { border-left-color: var(--principal-vif); }
          .periode { display: block; margin-left: 0; }
          .filtre p { width: 100%; }
        }
        @media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
        @media print { .menu, .personne, footer, .filtre, .pages, .actions { display: none; } }

        """
}
